// A process that sleeps until a message comes takes tens of microseconds to wake up, on a virtual
// machine more than what the message asks for. Staying awake takes a core, though, which the other
// side may need. So it is tried out. See `docs/decisions/0030-busy-polling.md`.
import { QuickerWay } from './quicker-way.ts'

/** How long the event loop stays awake. */
const windowMs = 0.1
/** How soon the last message must have come for that. */
const promptMs = 0.25
/** A pause of so much says nothing about either way. */
const pauseMs = 1

export interface BusyPollParts {
  readonly now: () => number
  /** Calls back in the next turn of the event loop, which does not sleep before. */
  readonly nextTurn: (callback: () => void) => void
}

const ownParts: BusyPollParts = {
  now: () => performance.now(),
  nextTurn: (callback) => void setImmediate(callback),
}

/**
 * Keeps the event loop from going to sleep for a moment after something was sent, as long as the
 * other side has been that quick, and as long as it is quicker so. All else that the loop has to
 * do, it does meanwhile.
 */
export class BusyPoll {
  readonly #now: BusyPollParts['now']
  readonly #nextTurn: BusyPollParts['nextTurn']
  readonly #way = new QuickerWay()
  #sentMs = 0
  #isAwaiting = false
  /** Whether the last message came that soon. */
  #isPrompt = false
  /** Whether it was decided to stay awake for the next one, until when, and whether it does. */
  #staysAwake = false
  #untilMs = 0
  #isTurning = false

  constructor({ now, nextTurn }: BusyPollParts = ownParts) {
    this.#now = now
    this.#nextTurn = nextTurn
  }

  /** Something left that the other side may answer at once. */
  sent(): void {
    this.#sentMs = this.#now()
    this.#isAwaiting = true
    this.#staysAwake = this.#way.isAwake && this.#isPrompt
    if (!this.#staysAwake) return
    this.#untilMs = this.#sentMs + windowMs
    if (this.#isTurning) return
    this.#isTurning = true
    this.#nextTurn(this.#turn)
  }

  /** Something came. */
  received(): void {
    this.#untilMs = 0
    if (!this.#isAwaiting) return
    this.#isAwaiting = false
    const waitedMs = this.#now() - this.#sentMs
    this.#isPrompt = waitedMs <= promptMs
    const isSaid = waitedMs < pauseMs && this.#staysAwake === this.#way.isAwake
    if (isSaid) this.#way.note(Math.min(waitedMs, promptMs))
  }

  readonly #turn = (): void => {
    if (this.#now() < this.#untilMs) this.#nextTurn(this.#turn)
    else this.#isTurning = false
  }
}
