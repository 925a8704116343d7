import type { BucketConfig } from './engine.ts'
import {
  type Change,
  changeKey,
  changeRevision,
  type Entry,
  type EpochMs,
  isExpired,
  type Revision,
} from './entry.ts'
import { type ValueAccess, wholeValues } from './value-access.ts'

/** The figures of a bucket that every commit moves. */
export interface BucketFigures {
  /** The bucket's last revision. */
  readonly revision: Revision
  /** Entries there are, expired but unrecorded ones included. */
  readonly keys: number
  readonly bytes: number
}

/** A past change of a key that is still kept, and the bytes that it counts. */
export interface PastRevision {
  readonly revision: Revision
  readonly bytes: number
}

/** What a plan is made from: the bucket as the engine has it at this instant. */
export interface CommitView {
  readonly now: EpochMs
  readonly bucket: BucketFigures & { readonly name: string; readonly config: BucketConfig }
  /** The entry as it is stored, expired or not. */
  lookup(key: string): Entry | undefined
  /** How to get at the values of what `lookup` answers. Default: they are whole. */
  readonly values?: ValueAccess
  /** The kept past changes of a key, oldest first; asked only where they matter. */
  past(key: string): readonly PastRevision[]
}

/** One change for the engine to carry out. */
export interface Step {
  readonly change: Change
  /** The entry that was stored under the key until now. */
  readonly replaced?: Entry
  /** Kept revisions that go; the replaced entry's is among them unless it becomes history. */
  readonly dropped: readonly Revision[]
}

/** What a plan wants stored. */
export interface PlannedSteps {
  readonly steps: readonly Step[]
  readonly figures: BucketFigures
}

const nothing: readonly Revision[] = []

/** The bytes that a change adds to its bucket, whatever it takes away. */
export function bytesAdded(change: Change, values: ValueAccess): number {
  return change.kind === 'put' ? values.bytesOf(change.entry) : 0
}

/** The bucket as the changes so far would leave it, and the steps that lead there. */
export class Draft {
  readonly steps: Step[] = []
  readonly #view: CommitView
  readonly #now: EpochMs
  readonly #values: ValueAccess
  /** `null`: there is none. */
  readonly #entries = new Map<string, Entry | null>()
  readonly #pasts = new Map<string, readonly PastRevision[]>()
  #revision: Revision
  #keys: number
  #bytes: number

  constructor(view: CommitView, now: EpochMs = view.now) {
    this.#view = view
    this.#now = now
    this.#values = view.values ?? wholeValues
    this.#revision = view.bucket.revision
    this.#keys = view.bucket.keys
    this.#bytes = view.bucket.bytes
  }

  /** The entry of a key, expired or not. */
  stored(key: string): Entry | undefined {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = this.#view.lookup(key) ?? null
      this.#entries.set(key, entry)
    }
    return entry ?? undefined
  }

  current(key: string): Entry | undefined {
    const entry = this.stored(key)
    return entry && isExpired(entry, this.#now) ? undefined : entry
  }

  /** The revision for the next change of a key; an expiry to be recorded first takes one, too. */
  nextRevision(key: string): Revision {
    const entry = this.stored(key)
    return this.#revision + (entry && isExpired(entry, this.#now) ? 2 : 1)
  }

  hasPast(key: string): boolean {
    return this.#past(key).some(({ bytes }) => bytes > 0)
  }

  /** Takes in a change with the number that `nextRevision` said. */
  record(change: Change, bytes?: number): void {
    const stored = this.stored(changeKey(change))
    if (stored && isExpired(stored, this.#now)) this.expire(stored)
    this.take(change, bytes)
  }

  /** Takes in that what is stored, this entry, has expired. */
  expire(entry: Entry): void {
    const { key } = entry
    this.#entries.set(key, entry)
    this.take({ kind: 'expire', key, revision: this.#revision + 1, at: this.#now })
  }

  figures(): BucketFigures {
    return { revision: this.#revision, keys: this.#keys, bytes: this.#bytes }
  }

  /** Takes in a change as it is, whatever its number; `bytes` are those that it adds. */
  take(change: Change, bytes: number = bytesAdded(change, this.#values)): void {
    const key = changeKey(change)
    const replaced = this.stored(key)
    const dropped = this.#trim(key, change, replaced)
    this.steps.push(replaced ? { change, replaced, dropped } : { change, dropped })
    this.#bytes += bytes
    if (change.kind === 'put') this.#keys += replaced ? 0 : 1
    else this.#keys -= replaced ? 1 : 0
    this.#revision = changeRevision(change)
    this.#entries.set(key, change.kind === 'put' ? change.entry : null)
  }

  /** Which kept revisions of the key the change pushes out; counts their bytes off. */
  #trim(key: string, change: Change, replaced: Entry | undefined): readonly Revision[] {
    const { history } = this.#view.bucket.config
    const bytes = replaced ? this.#values.bytesOf(replaced) : 0
    if (history === 1 && change.kind !== 'purge') {
      this.#bytes -= bytes
      return replaced ? [replaced.revision] : nothing
    }
    const kept = [...this.#past(key)]
    if (replaced) kept.push({ revision: replaced.revision, bytes })
    // An expired value must not be readable as history either: it goes with its expiry.
    const isExpiry = change.kind === 'expire' && replaced && isExpired(replaced, this.#now)
    const keep = change.kind === 'purge' ? 0 : history - 1
    const gone = isExpiry ? [kept.pop() as PastRevision] : []
    gone.push(...kept.splice(0, Math.max(0, kept.length - keep)))
    for (const { bytes } of gone) this.#bytes -= bytes
    if (change.kind !== 'put') kept.push({ revision: change.revision, bytes: 0 })
    this.#pasts.set(key, kept)
    return gone.map(({ revision }) => revision)
  }

  #past(key: string): readonly PastRevision[] {
    const known = this.#pasts.get(key)
    if (known) return known
    const past = this.#view.past(key)
    this.#pasts.set(key, past)
    return past
  }
}
