/** The watchers of a bucket: notices what they are told, and when all of them have been. */
export class Audience {
  readonly #seen: number[] = []
  #error: Error | undefined
  #awaited = 0
  #missing = 0
  #wake: () => void = () => undefined

  /** Makes what one watcher is to call with the revision of each change. */
  take(): (revision: number) => void {
    const place = this.#seen.push(0) - 1
    return (revision) => this.#tell(place, revision)
  }

  /**
   * Resolves once every watcher has been told of a revision.
   *
   * @throws {Error} when one was told of changes twice or out of order.
   */
  async allSee(revision: number): Promise<void> {
    this.#missing = this.#seen.filter((seen) => seen < revision).length
    this.#awaited = revision
    if (this.#missing > 0 && !this.#error) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#error) throw this.#error
  }

  #tell(place: number, revision: number): void {
    const last = this.#seen[place] ?? 0
    this.#seen[place] = revision
    if (revision <= last) {
      this.#error = new Error(`A watcher was told of ${revision} after ${last}.`)
      this.#wake()
    }
    if (last >= this.#awaited || revision < this.#awaited) return
    this.#missing--
    if (this.#missing === 0) this.#wake()
  }
}
