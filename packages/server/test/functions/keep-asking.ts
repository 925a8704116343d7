/** The check that no request is dropped, whatever happens to a host meanwhile. */
import type { Asking } from './function-harness.ts'

/**
 * Asks without a pause, many at a time, until it is told to stop; answers what came, and rejects
 * when a request had no answer.
 */
export function keepAsking(ask: Asking['ask'], path: string) {
  let isOver = false
  const answers = new Map<string, number>()
  const one = async (): Promise<void> => {
    while (!isOver) {
      const { status, body } = await ask(path)
      const answer = `${status} ${JSON.stringify(body)}`
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
    }
  }
  const all = Promise.all(Array.from({ length: 8 }, one))
  all.catch(() => undefined) // Whoever stops it is told.
  return async () => {
    isOver = true
    await all
    return answers
  }
}
