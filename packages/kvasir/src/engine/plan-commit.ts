import { limits } from '../codec/limits.ts'
import { utf8Length } from '../codec/utf8.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { apply } from './apply.ts'
import type { BucketConfig } from './engine.ts'
import { type Change, type Entry, type EpochMs, isExpired, type Revision } from './entry.ts'
import type { CommitResult, Operation, OperationResult } from './operation.ts'
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

export interface Plan {
  readonly result: CommitResult
  readonly steps: readonly Step[]
  readonly figures: BucketFigures
}

/**
 * Works out what a commit does to a bucket, without doing it: the results, the steps to store, and
 * the bucket's figures afterwards. Whatever it throws, nothing has happened.
 *
 * @throws {KvasirError} what `apply` throws; `KV_TOO_LARGE`, `KV_QUOTA_EXCEEDED`.
 */
export function planCommit(view: CommitView, operations: readonly Operation[]): Plan {
  const { values = wholeValues } = view
  const draft = new Draft(view, values)
  const results: OperationResult[] = []
  for (const [index, operation] of operations.entries()) {
    const applied = apply(draft.current(operation.key), operation, {
      now: view.now,
      revision: draft.nextRevision(operation.key),
      ...(view.bucket.config.ttlMs !== undefined && { ttlMs: view.bucket.config.ttlMs }),
      values,
    })
    if (applied.outcome === 'conflict') {
      const conflict = { index, key: operation.key, revision: applied.revision }
      return { result: { ok: false, conflict }, steps: [], figures: view.bucket }
    }
    if (applied.outcome === 'changed') {
      checkValue(applied.change, view, values)
      draft.record(applied.change)
    } else if (operation.op === 'purge' && draft.hasPast(operation.key)) {
      const revision = draft.nextRevision(operation.key)
      draft.record({ kind: 'purge', key: operation.key, revision, at: view.now })
      results.push({ changed: true, revision })
      continue
    }
    results.push(applied.result)
  }
  checkQuota(view, draft)
  return { result: { ok: true, results }, steps: draft.steps, figures: draft.figures() }
}

/** The steps that record the expiry of entries which have expired. */
export function planExpiries(view: CommitView, entries: readonly Entry[]): Omit<Plan, 'result'> {
  const draft = new Draft(view, view.values ?? wholeValues)
  for (const entry of entries) draft.expire(entry)
  return { steps: draft.steps, figures: draft.figures() }
}

/** The bucket as the operations so far would leave it. */
class Draft {
  readonly steps: Step[] = []
  readonly #view: CommitView
  readonly #values: ValueAccess
  readonly #entries = new Map<string, Entry | undefined>()
  readonly #pasts = new Map<string, readonly PastRevision[]>()
  #revision: Revision
  #keys: number
  #bytes: number

  constructor(view: CommitView, values: ValueAccess) {
    this.#view = view
    this.#values = values
    this.#revision = view.bucket.revision
    this.#keys = view.bucket.keys
    this.#bytes = view.bucket.bytes
  }

  current(key: string): Entry | undefined {
    const entry = this.#stored(key)
    return entry && isExpired(entry, this.#view.now) ? undefined : entry
  }

  /** The revision for the next change of a key; an expiry to be recorded first takes one, too. */
  nextRevision(key: string): Revision {
    const entry = this.#stored(key)
    return this.#revision + (entry && isExpired(entry, this.#view.now) ? 2 : 1)
  }

  hasPast(key: string): boolean {
    return this.#past(key).some(({ bytes }) => bytes > 0)
  }

  record(change: Change): void {
    const key = change.kind === 'put' ? change.entry.key : change.key
    const stored = this.#stored(key)
    if (stored && isExpired(stored, this.#view.now)) this.expire(stored)
    this.#push(key, change)
  }

  expire(entry: Entry): void {
    const { key } = entry
    this.#push(key, { kind: 'expire', key, revision: this.#revision + 1, at: this.#view.now })
  }

  figures(): BucketFigures {
    return { revision: this.#revision, keys: this.#keys, bytes: this.#bytes }
  }

  #push(key: string, change: Change): void {
    const replaced = this.#stored(key)
    const dropped = this.#trim(key, change, replaced)
    this.steps.push({ change, ...(replaced && { replaced }), dropped })
    if (change.kind === 'put') {
      this.#bytes += this.#values.bytesOf(change.entry)
      this.#keys += replaced ? 0 : 1
    } else {
      this.#keys -= replaced ? 1 : 0
    }
    this.#revision = change.kind === 'put' ? change.entry.revision : change.revision
    this.#entries.set(key, change.kind === 'put' ? change.entry : undefined)
  }

  /** Which kept revisions of the key the change pushes out; counts their bytes off. */
  #trim(key: string, change: Change, replaced: Entry | undefined): readonly Revision[] {
    const { history } = this.#view.bucket.config
    const outgoing = replaced && {
      revision: replaced.revision,
      bytes: this.#values.bytesOf(replaced),
    }
    if (history === 1 && change.kind !== 'purge') {
      this.#bytes -= outgoing?.bytes ?? 0
      return outgoing ? [outgoing.revision] : []
    }
    const kept = outgoing ? [...this.#past(key), outgoing] : [...this.#past(key)]
    // An expired value must not be readable as history either: it goes with its expiry.
    const isExpiry = change.kind === 'expire' && outgoing !== undefined
    const keep = change.kind === 'purge' ? 0 : history - 1
    const gone = isExpiry ? [kept.pop() as PastRevision] : []
    gone.push(...kept.splice(0, Math.max(0, kept.length - keep)))
    for (const { bytes } of gone) this.#bytes -= bytes
    if (change.kind !== 'put') kept.push({ revision: change.revision, bytes: 0 })
    this.#pasts.set(key, kept)
    return gone.map(({ revision }) => revision)
  }

  #stored(key: string): Entry | undefined {
    if (!this.#entries.has(key)) this.#entries.set(key, this.#view.lookup(key))
    return this.#entries.get(key)
  }

  #past(key: string): readonly PastRevision[] {
    const known = this.#pasts.get(key)
    if (known) return known
    const past = this.#view.past(key)
    this.#pasts.set(key, past)
    return past
  }
}

function checkValue(change: Change, { bucket }: CommitView, values: ValueAccess): void {
  if (change.kind !== 'put') return
  const bytes = values.bytesOf(change.entry) - utf8Length(change.entry.key)
  const bytesMax = Math.min(
    limits.valueBytesMax,
    bucket.config.valueBytesMax ?? limits.valueBytesMax,
  )
  if (bytes <= bytesMax) return
  throw new KvasirError(
    'KV_TOO_LARGE',
    `The value of key ${JSON.stringify(change.entry.key)} takes ${bytes} bytes; bucket "${bucket.name}" takes ${bytesMax} at most. Store less under one key, or split it over several.`,
    { outcome: 'not-applied', details: { key: change.entry.key, bytes, bytesMax } },
  )
}

function checkQuota({ bucket }: CommitView, draft: Draft): void {
  const { bytesMax } = bucket.config
  const { bytes } = draft.figures()
  if (bytesMax === undefined || bytes <= bytesMax || bytes <= bucket.bytes) return
  throw new KvasirError(
    'KV_QUOTA_EXCEEDED',
    `The write would bring bucket "${bucket.name}" to ${bytes} bytes; its limit is ${bytesMax}. Delete something, or raise the bucket's limit.`,
    { outcome: 'not-applied', details: { bytes, bytesMax } },
  )
}
