/** A look that is taken at intervals, and at once when somebody asks. */
export class RepeatedLook {
  readonly #look: () => Promise<void>
  readonly #everyMs: number
  /** Those who wait for a look that begins after they asked. */
  readonly #askers: (() => void)[] = []
  #wake: (() => void) | undefined
  #isStopped = false

  constructor(everyMs: number, look: () => Promise<void>) {
    this.#everyMs = everyMs
    this.#look = look
  }

  /** Looks until it is stopped, or a look fails. */
  async run(): Promise<void> {
    try {
      for (;;) {
        await this.#sleep()
        if (this.#isStopped) return
        const askers = this.#askers.splice(0)
        try {
          await this.#look()
        } finally {
          for (const told of askers) told()
        }
      }
    } finally {
      this.stop()
    }
  }

  /** Settles when a look that begins after the call has been taken, or none will be. */
  now(): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      this.#askers.push(resolve)
      this.#wake?.()
    })
  }

  stop(): void {
    this.#isStopped = true
    for (const told of this.#askers.splice(0)) told()
    this.#wake?.()
  }

  async #sleep(): Promise<void> {
    if (this.#isStopped || this.#askers.length > 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#everyMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }
}
