/** Limits of time for what runs, watched over by one timer for all. */

/** How much later than its time something may be noticed, as a part of it. */
const latenessShare = 20
const lookMsMax = 250

export class Deadlines<Item> {
  readonly #timeoutMs: number
  readonly #expired: (item: Item) => void
  /** The oldest first, as all have the same time. */
  readonly #since = new Map<Item, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number, expired: (item: Item) => void) {
    this.#timeoutMs = timeoutMs
    this.#expired = expired
  }

  begin(item: Item, startedAt: number): void {
    this.#since.set(item, startedAt)
    if (this.#timer) return
    const lookMs = Math.min(lookMsMax, Math.ceil(this.#timeoutMs / latenessShare))
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  end(item: Item): void {
    this.#since.delete(item)
  }

  #look(): void {
    const now = performance.now()
    for (const [item, startedAt] of this.#since) {
      if (now - startedAt < this.#timeoutMs) return
      this.#since.delete(item)
      this.#expired(item)
    }
    // Everything has ended: whoever begins next starts it again.
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
