import type { KvasirError } from '../../errors/kvasir-error.ts'

/** What is to happen once a power cut can no longer take a commit. */
export interface UnsyncedCommit {
  lasting(): void
  failed(failure: KvasirError): void
}

export interface UnsyncedCommitsOptions {
  /** Begins a sync of all that is committed; settles when it is over. */
  sync(): Promise<void>
  /** What callers are told of a sync that failed. */
  toFailure(error: unknown): KvasirError
}

/**
 * The commits that are made and not yet synced. This process can see them already; nobody is to be
 * told of them, or of anything that rests on them, before they are synced.
 *
 * One sync is under way at a time. What is committed meanwhile shares the next one.
 */
export class UnsyncedCommits {
  readonly #options: UnsyncedCommitsOptions
  #underWay = new Batch()
  #next = new Batch()
  #isSyncing = false
  #hasFailed = false
  #beforeNext: (() => void) | undefined

  constructor(options: UnsyncedCommitsOptions) {
    this.#options = options
  }

  /** Whether a sync is under way, or has failed: nobody knows yet what the disk has. */
  get isSyncing(): boolean {
    return this.#isSyncing
  }

  get isPending(): boolean {
    return !this.#underWay.isEmpty || !this.#next.isEmpty
  }

  /** How many there are. */
  get count(): number {
    return this.#underWay.commits.length + this.#next.commits.length
  }

  /** Whether the entry of a key may be one that a power cut can take. */
  concerns(bucketId: number | undefined, key: string): boolean {
    if (!this.isPending) return false
    if (bucketId === undefined) return true
    return this.#underWay.keys.has(bucketId, key) || this.#next.keys.has(bucketId, key)
  }

  /** Takes on a commit, and has it synced. `addKeys` tells which keys it has changed. */
  add(commit: UnsyncedCommit, addKeys: (keys: ChangedKeys) => void): void {
    addKeys(this.#next.keys)
    this.#next.commits.push(commit)
    this.#syncNext()
  }

  /** Has a commit that needs no sync of its own wait for those before it. */
  follow(commit: UnsyncedCommit): void {
    const batch = this.#next.isEmpty ? this.#underWay : this.#next
    batch.commits.push(commit)
  }

  /** Has it called when the sync under way is over, before the next one begins. */
  beforeNext(call: () => void): void {
    this.#beforeNext = call
  }

  /** Settles when all that is committed by now is synced; fails when it could not be. */
  async settled(): Promise<void> {
    const batch = this.#next.isEmpty ? this.#underWay : this.#next
    if (!batch.isEmpty) await batch.settled()
  }

  #syncNext(): void {
    if (this.#isSyncing || this.#next.isEmpty || this.#hasFailed) return
    const batch = this.#next
    this.#underWay = batch
    this.#next = new Batch()
    this.#isSyncing = true
    const over = (): void => {
      this.#underWay = new Batch()
      batch.lasting()
      // Those who were waiting learn of it first.
      if (this.#beforeNext) setImmediate(() => this.#goOn())
      else this.#goOn()
    }
    this.#options.sync().then(over, (error: unknown) => this.#fail(error))
  }

  #goOn(): void {
    const call = this.#beforeNext
    this.#beforeNext = undefined
    this.#isSyncing = false
    call?.()
    this.#syncNext()
  }

  /** Nothing is written any more; reads that begin from now on show what is in doubt. */
  #fail(error: unknown): void {
    this.#hasFailed = true
    const failure = this.#options.toFailure(error)
    for (const batch of this.#takeAll()) batch.failed(failure)
  }

  #takeAll(): Batch[] {
    const all = [this.#underWay, this.#next]
    this.#underWay = new Batch()
    this.#next = new Batch()
    return all
  }
}

/** Keys of buckets, by the buckets' ids. */
export class ChangedKeys {
  readonly #keys = new Map<number, Set<string>>()

  add(bucketId: number, key: string): void {
    const keys = this.#keys.get(bucketId)
    if (keys) keys.add(key)
    else this.#keys.set(bucketId, new Set([key]))
  }

  has(bucketId: number, key: string): boolean {
    return this.#keys.get(bucketId)?.has(key) ?? false
  }
}

/** Commits that one sync covers. */
class Batch {
  readonly keys = new ChangedKeys()
  readonly commits: UnsyncedCommit[] = []
  readonly #waiting: { resolve(): void; reject(failure: KvasirError): void }[] = []

  get isEmpty(): boolean {
    return this.commits.length === 0
  }

  settled(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  lasting(): void {
    for (const commit of this.commits) commit.lasting()
    for (const { resolve } of this.#waiting) resolve()
  }

  failed(failure: KvasirError): void {
    for (const commit of this.commits) commit.failed(failure)
    for (const { reject } of this.#waiting) reject(failure)
  }
}
