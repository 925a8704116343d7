/** So many syncs are looked at: one or two that were held up say nothing of the disk. */
const syncsMax = 8
/** A disk whose syncs all take longer is slow, until one takes less than the other. */
const slowMs = 2
const quickMs = 1

/** Learns from the syncs of a disk whether waiting for them would stop the event loop for long. */
export class SyncTimes {
  readonly #last: number[] = []
  #areLong = false

  get areLong(): boolean {
    return this.#areLong
  }

  note(ms: number): void {
    if (this.#last.push(ms) > syncsMax) this.#last.shift()
    const quickest = Math.min(...this.#last)
    if (quickest < quickMs) this.#areLong = false
    else if (quickest > slowMs && this.#last.length === syncsMax) this.#areLong = true
  }
}
