import { KvasirError, limits } from 'kvasir'
import {
  answersWaitingMax,
  answerWaitMs,
  heldAnswerBytesMax,
  retryAfterSeconds,
  smallAnswerBytes,
} from './server-limits.ts'

/** Is told of the memory that answers take. */
export interface AnswerFigures {
  answerBytesHeld(bytes: number): void
  answerWaited(): void
  answerRefused(): void
}

/** What an engine calls with the size of each value that it has read. */
type OnValue = (size: number) => void

/**
 * How much memory the values in answers may take together, from when they are read until their
 * clients have them. The first bytes of each answer are not counted, so that whoever asks for
 * little is answered whatever others ask for; and the answers to one project take three quarters at
 * most, so that its clients cannot keep everybody waiting who asks for much.
 */
export class AnswerBudget {
  readonly #bytesMax: number
  readonly #projectBytesMax: number
  readonly #bytesByProject = new Map<string, number>()
  readonly #figures: AnswerFigures | undefined
  #bytes = 0
  readonly #waiting: Waiting[] = []

  constructor(bytesMax: number = heldAnswerBytesMax, figures?: AnswerFigures) {
    this.#bytesMax = bytesMax
    // The largest value can be read, however little there is.
    const most = Math.max(limits.valueBytesMax, Math.floor(0.75 * bytesMax))
    this.#projectBytesMax = Math.min(bytesMax, most)
    this.#figures = figures
  }

  /** The most that one answer may take. */
  get answerBytesMax(): number {
    return Math.min(limits.batchBytesMax, this.#projectBytesMax)
  }

  /** The part of one answer, or of those on one connection, which begins empty. */
  share(project = ''): AnswerShare {
    return new AnswerShare(this, project)
  }

  /** Takes some, or nothing when there is no more, or others wait who were here before. */
  tryTake({ project, bytes }: Wanted, isFirst: boolean): boolean {
    if (bytes <= 0) return true
    const isTurn = isFirst || !this.#isBehind(project)
    const hasRoom = this.#mayTake({ project, bytes }) && this.#bytes + bytes <= this.#bytesMax
    if (!isTurn || !hasRoom) return false
    this.correct({ project, bytes })
    return true
  }

  /** Takes, or gives back, what is there already and can be refused no more. */
  correct({ project, bytes }: Wanted): void {
    this.#bytes += bytes
    const ofProject = (this.#bytesByProject.get(project) ?? 0) + bytes
    if (ofProject === 0) this.#bytesByProject.delete(project)
    else this.#bytesByProject.set(project, ofProject)
    this.#figures?.answerBytesHeld(this.#bytes)
  }

  /** Lets the one who has waited longest try, if there is room for what it lacked. */
  wakeNext(): void {
    const next = this.#nextWaiting()
    if (!next || this.#bytes + next.bytes > this.#bytesMax) return
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    next.resolve(true)
  }

  /** Who has waited longest, and whose project has not all that it may. */
  #nextWaiting(): Waiting | undefined {
    const full = new Set<string>()
    for (const waiting of this.#waiting) {
      if (full.has(waiting.project)) continue
      if (this.#mayTake(waiting)) return waiting
      full.add(waiting.project) // Its others do not overtake the one who asks for more.
    }
    return undefined
  }

  /** Whether somebody waits whom it would overtake. */
  #isBehind(project: string): boolean {
    if (this.#waiting.length === 0) return false
    return this.#waiting.some((waiting) => waiting.project === project) || !!this.#nextWaiting()
  }

  #mayTake({ project, bytes }: Wanted): boolean {
    return (this.#bytesByProject.get(project) ?? 0) + bytes <= this.#projectBytesMax
  }

  /** Whether there is room for so much now; not so when the time is over, or too many wait. */
  untilRoom(wanted: Wanted, waitMs: number): Promise<boolean> {
    if (this.#waiting.length >= answersWaitingMax || waitMs <= 0) return Promise.resolve(false)
    this.#figures?.answerWaited()
    return new Promise((resolve) => {
      const waiting: Waiting = {
        ...wanted,
        resolve: (hasRoom: boolean) => {
          clearTimeout(timer)
          resolve(hasRoom)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        resolve(false)
      }, waitMs)
      this.#waiting.push(waiting)
      this.wakeNext() // There may have come room since it was refused.
    })
  }

  refusal(): KvasirError {
    return new KvasirError(
      'KV_UNAVAILABLE',
      `The server has as many bytes of answers under way as it takes: ${this.#bytesMax}, and ${this.#projectBytesMax} for one project. Try again later, or ask for less at a time.`,
      { outcome: 'not-applied', details: { retryAfterSeconds } },
    )
  }

  noteRefusal(): void {
    this.#figures?.answerRefused()
  }
}

interface Wanted {
  readonly project: string
  readonly bytes: number
}

interface Waiting extends Wanted {
  resolve(hasRoom: boolean): void
}

/** What one answer, or all answers on one connection, take of the budget. */
export class AnswerShare {
  readonly #budget: AnswerBudget
  #project: string
  #size = 0

  constructor(budget: AnswerBudget, project: string) {
    this.#budget = budget
    this.#project = project
  }

  /** Says for which project it is, where that was not known from the start. */
  isFor(project: string): void {
    const size = this.#size
    this.#hold(0)
    this.#project = project
    this.#hold(size)
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /**
   * Asks an engine for values, with what it is to tell of them. When there is no room, waits a
   * moment for some and asks again.
   *
   * @throws {KvasirError} `KV_TOO_LARGE` when one answer would take too much, `KV_UNAVAILABLE` when
   * all together would.
   */
  async reading<Result>(ask: (onValue: OnValue) => Promise<Result>): Promise<Result> {
    const before = this.#size
    const endMs = performance.now() + answerWaitMs
    for (let isFirst = false; ; isFirst = true) {
      let refusal: KvasirError | undefined
      let lacked = 0
      try {
        const result = await ask((size) => {
          refusal = this.#take(size, isFirst)
          if (!refusal) return
          lacked = counted(this.#size + size) - counted(before)
          throw refusal
        })
        if (isFirst) this.#budget.wakeNext()
        return result
      } catch (error) {
        this.#hold(before)
        // Who found no room leaves no more than there was: nobody else needs to try.
        const isFull = refusal?.code === 'KV_UNAVAILABLE'
        if (!isFull) {
          this.#budget.wakeNext()
          throw error
        }
        if (await this.#budget.untilRoom(this.#wanted(lacked), endMs - performance.now())) continue
        this.#budget.noteRefusal()
        throw error
      }
    }
  }

  /** From now on, takes so many bytes and no more. */
  holdOnly(size: number): void {
    if (this.#hold(size) < 0) this.#budget.wakeNext()
  }

  /** Answers by how much more is counted. */
  #hold(size: number): number {
    const difference = counted(size) - counted(this.#size)
    this.#size = size
    if (difference !== 0) this.#budget.correct(this.#wanted(difference))
    return difference
  }

  #take(bytes: number, isFirst: boolean): KvasirError | undefined {
    const size = this.#size + bytes
    const { answerBytesMax } = this.#budget
    if (size > answerBytesMax) return tooLarge(answerBytesMax)
    const wanted = this.#wanted(counted(size) - counted(this.#size))
    if (!this.#budget.tryTake(wanted, isFirst)) return this.#budget.refusal()
    this.#size = size
    return undefined
  }

  #wanted(bytes: number): Wanted {
    return { project: this.#project, bytes }
  }
}

function counted(size: number): number {
  return Math.max(0, size - smallAnswerBytes)
}

function tooLarge(bytesMax: number): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `The values take more than the ${bytesMax} bytes of one answer. Ask for fewer keys at a time, or for fewer revisions with limit.`,
    { outcome: 'not-applied', details: { bytesMax } },
  )
}
