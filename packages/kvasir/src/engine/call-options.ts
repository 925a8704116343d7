/** Takes the size of a value. */
export type OnValue = (size: number) => void

export interface CallOptions {
  /** Aborting rejects the call with `KV_ABORTED`; a write may still have been applied. */
  readonly signal?: AbortSignal
  /**
   * Told how much each value takes that goes into the answer, in bytes or in characters of a text,
   * as soon as it has been read. What it throws ends the call, and nothing has been applied.
   * Engines that have a server answer tell nothing.
   */
  readonly onValue?: OnValue
}

export interface CommitOptions extends CallOptions {
  /**
   * Names this commit. Within ten minutes, the same id with the same operations on the same bucket
   * is not applied again but answered as the first time; with others it fails. The answer is kept
   * with the data, in the same atomic step. A commit that applied nothing is not remembered.
   */
  readonly idempotencyKey?: string
  /**
   * When this commit is acknowledged, whatever the store is set to: once it outlives a power cut
   * (`'durable'`), or once it outlives the process (`'relaxed'`). An engine that keeps nothing
   * takes it, and keeps nothing all the same.
   */
  readonly durability?: 'durable' | 'relaxed'
}
