import { KvasirError } from 'kvasir'
import type { CheckedEngine } from 'kvasir/engine'
import { toProblem } from 'kvasir/protocol'
import type { AnswerSender } from './answer-sender.ts'
import type { CallRoom } from './call-room.ts'
import { PlainWrite, type WriteListener } from './plain-write.ts'
import type { Question } from './question.ts'
import type { SocketFigures } from './socket-figures.ts'

export interface PlainWritesParts {
  readonly engine: Pick<CheckedEngine, 'commitEach'>
  readonly sender: AnswerSender
  readonly room: CallRoom
  readonly figures: SocketFigures | undefined
  /** What the client is told of an error. */
  tell(error: KvasirError): KvasirError
  /** Called when one has been answered, unless it was while it began. */
  goOn(): void
}

/** The plain writes of one client. Those of a frame begin together. */
export class PlainWrites implements WriteListener {
  readonly #parts: PlainWritesParts
  #asked: PlainWrite[] = []
  #isBeginning = false

  constructor(parts: PlainWritesParts) {
    this.#parts = parts
  }

  add(question: Question): void {
    const [id, verb] = question.message
    this.#parts.room.enter(false)
    try {
      this.#asked.push(new PlainWrite(question, this))
    } catch (error) {
      this.refused({ id, verb: String(verb) }, error)
    }
  }

  /** Begins those that were added; `atOnce`: does not wait for others to share a transaction. */
  begin({ atOnce }: { readonly atOnce: boolean }): void {
    const asked = this.#asked
    if (asked.length === 0) return
    this.#asked = []
    this.#isBeginning = true
    try {
      this.#parts.engine.commitEach(asked, { atOnce })
    } finally {
      this.#isBeginning = false
    }
  }

  written({ id, verb }: PlainWrite, rest: string): void {
    this.#parts.sender.frame.addText(`${id},200`, rest)
    this.#settled(verb, 200)
  }

  refused({ id, verb }: Pick<PlainWrite, 'id' | 'verb'>, error: unknown): void {
    const problem = toProblem(this.#parts.tell(KvasirError.from(error)))
    this.#parts.sender.frame.add([id, problem.status], [problem])
    this.#settled(verb, problem.status)
  }

  #settled(verb: string, status: number): void {
    const { figures, room, sender, goOn } = this.#parts
    figures?.callAnswered(verb, status)
    room.leave(false)
    sender.flushIfFull()
    if (this.#isBeginning) return // Whoever has it begin goes on.
    sender.flushLater()
    goOn()
  }
}
