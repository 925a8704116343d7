/** So many syncs in a row: one or two that were held up say nothing of the disk. */
const syncsMax = 8
/** A disk whose syncs all take longer is slow, until one takes less than the other. */
const slowMs = 2
const quickMs = 1

/** Learns from the syncs of a disk whether waiting for them would stop the event loop for long. */
export class SyncTimes {
  #longInARow = 0
  #areLong = false

  get areLong(): boolean {
    return this.#areLong
  }

  /** Of a sync that was waited for. */
  note(ms: number): void {
    this.#longInARow = ms > slowMs ? this.#longInARow + 1 : 0
    if (this.#longInARow >= syncsMax) this.#areLong = true
    this.noteInBackground(ms)
  }

  /** Of a sync in the background: when that took long, it may be the event loop that was busy. */
  noteInBackground(ms: number): void {
    if (ms < quickMs) this.#areLong = false
  }
}
