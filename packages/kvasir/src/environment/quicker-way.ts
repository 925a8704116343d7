/** Staying awake takes a core: messages have to come in such a share of the time at most. */
const worthRatio = 0.8
/** How many messages are waited for awake, and then asleep, to see which is quicker. */
const trialLength = 32
/**
 * After how many messages both are tried out again. That is soon at first, when both sides are
 * still being compiled, and takes twice as long each time that the trial says the same.
 */
const settledLeast = 128
const settledMost = 8192

/** Finds out whether messages come sooner to a process that stays awake for them. */
export class QuickerWay {
  /** Whether to stay awake, at present, and whether that is being tried out. */
  #isAwake = true
  #isTrial = true
  /** How many messages will be waited for so, and how long that has taken. */
  #left = trialLength
  #totalMs = 0
  /** Of the last trial: how long messages took when awake, what it said, and for how long. */
  #awakeMs = 0
  #wasAwake: boolean | undefined
  #settledLength = settledLeast

  get isAwake(): boolean {
    return this.#isAwake
  }

  /** Takes note of how long a message was waited for, in the way that `isAwake` said. */
  note(waitedMs: number): void {
    this.#totalMs += waitedMs
    this.#left--
    if (this.#left > 0) return
    if (!this.#isTrial) this.#tryOut(true)
    else if (this.#isAwake) this.#sleepOnTrial()
    else this.#settle()
  }

  #tryOut(isAwake: boolean): void {
    this.#isTrial = true
    this.#begin(isAwake, trialLength)
  }

  #sleepOnTrial(): void {
    this.#awakeMs = this.#totalMs
    this.#tryOut(false)
  }

  #settle(): void {
    const isAwake = this.#awakeMs < this.#totalMs * worthRatio
    this.#settledLength =
      isAwake === this.#wasAwake ? Math.min(2 * this.#settledLength, settledMost) : settledLeast
    this.#wasAwake = isAwake
    this.#isTrial = false
    this.#begin(isAwake, this.#settledLength)
  }

  #begin(isAwake: boolean, messages: number): void {
    this.#isAwake = isAwake
    this.#left = messages
    this.#totalMs = 0
  }
}
