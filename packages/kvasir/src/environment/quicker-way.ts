/** Staying awake takes a core: messages have to come in such a share of the time at most. */
const worthRatio = 0.8
/** How many messages are waited for awake, and then asleep, to see which is quicker. */
const trialLength = 32
/** After how many messages both are tried out again at the latest. */
const settledMost = 8192
/**
 * After how many at the soonest, and then twice as many each time that the trial says the same:
 * when the way that was chosen has become so much slower than it was.
 */
const settledLeast = 128
const toleratedRatio = 1.5

/** Finds out whether messages come sooner to a process that stays awake for them. */
export class QuickerWay {
  /** Whether to stay awake, at present. */
  #isAwake = true
  #phase: 'awake' | 'asleep' | 'settled' = 'awake'
  /** Of this phase: how many messages were waited for, and how long. */
  #count = 0
  #totalMs = 0
  /** Of the last trial: how long a message took when awake, and in the way that was chosen. */
  #awakeMs = 0
  #settledMs = 0
  #wasAwake = true
  /** When to look again, and when to try both again whatever one sees. */
  #lookAfter = settledLeast
  #left = settledMost

  get isAwake(): boolean {
    return this.#isAwake
  }

  /** Takes note of how long a message was waited for, in the way that `isAwake` said. */
  note(waitedMs: number): void {
    this.#count++
    this.#totalMs += waitedMs
    if (this.#count < (this.#phase === 'settled' ? this.#lookAfter : trialLength)) return
    const meanMs = this.#totalMs / this.#count
    if (this.#phase === 'awake') this.#sleepOnTrial(meanMs)
    else if (this.#phase === 'asleep') this.#settle(meanMs)
    else this.#look(meanMs)
  }

  #sleepOnTrial(awakeMs: number): void {
    this.#awakeMs = awakeMs
    this.#begin('asleep', false)
  }

  #settle(asleepMs: number): void {
    const isAwake = this.#awakeMs < asleepMs * worthRatio
    this.#lookAfter =
      isAwake === this.#wasAwake ? Math.min(2 * this.#lookAfter, settledMost) : settledLeast
    this.#left = settledMost
    this.#wasAwake = isAwake
    this.#settledMs = isAwake ? this.#awakeMs : asleepMs
    this.#begin('settled', isAwake)
  }

  #look(meanMs: number): void {
    this.#left -= this.#lookAfter
    const isSlower = meanMs > this.#settledMs * toleratedRatio
    if (isSlower || this.#left <= 0) this.#begin('awake', true)
    else this.#begin('settled', this.#isAwake)
  }

  #begin(phase: 'awake' | 'asleep' | 'settled', isAwake: boolean): void {
    this.#phase = phase
    this.#isAwake = isAwake
    this.#count = 0
    this.#totalMs = 0
  }
}
