import { AnswerBudget } from '@kvasir/server'

/** A planted bug: a budget for answers that has no end. */
export class EndlessAnswers extends AnswerBudget {
  override get answerBytesMax(): number {
    return Number.POSITIVE_INFINITY
  }

  override tryTake(): boolean {
    return true
  }
}
