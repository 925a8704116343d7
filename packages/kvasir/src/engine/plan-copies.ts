import { copyOf, originsOf } from './copies.ts'
import { type CommitView, Draft, type PlannedSteps } from './draft.ts'
import { type Change, changeKey, type Entry, isExpired } from './entry.ts'

/** Changes of an origin, in their order. */
export interface OriginChanges {
  /** The origin's name. */
  readonly bucket: string
  readonly changes: readonly Change[]
  /**
   * Where a mirror begins with kept history: the origin's key of each copy so far. A value that has
   * expired is no longer part of that, and an expiry follows the value from before.
   */
  readonly holders?: Map<string, string>
}

/**
 * Works out what changes of an origin do to a bucket that copies it. No limit of the bucket's holds
 * for copies: one that was refused would be missing for ever.
 */
export function planCopies(view: CommitView, given: OriginChanges): PlannedSteps {
  const { config } = view.bucket
  const origins = originsOf(config).filter(({ bucket }) => bucket === given.bucket)
  // At the beginning of all time nothing has expired: a value before an expiry is not what expired.
  const draft = given.holders ? new Draft(view, 0) : new Draft(view)
  for (const change of given.changes) {
    for (const origin of origins) {
      const copy = copyOf(change, origin)
      if (!copy) continue
      if (!config.mirror) receiveChange(draft, copy, view)
      else if (!isReplaced(draft, copy, { view, given, change })) draft.take(copy)
    }
  }
  return { steps: draft.steps, figures: draft.figures() }
}

/**
 * A mirror has the same change under the same number, even if it has nothing to remove, with one
 * exception: where several keys become one, what expires may have been replaced by another's value.
 */
function isReplaced(
  draft: Draft,
  copy: Change,
  context: { view: CommitView; given: OriginChanges; change: Change },
): boolean {
  const { view, given, change } = context
  const key = changeKey(copy)
  if (copy.kind === 'put') given.holders?.set(key, changeKey(change))
  const stored = draft.stored(key)
  if (copy.kind !== 'expire' || !stored) return false
  return given.holders ? given.holders.get(key) !== changeKey(change) : !isExpired(stored, view.now)
}

/**
 * A bucket with sources stores and removes what they do, as changes of its own. Expiries are not
 * passed on: a copy has the expiry of its original and goes by itself.
 */
function receiveChange(draft: Draft, change: Change, view: CommitView): void {
  const { now } = view
  if (change.kind === 'put') {
    if (!isExpired(change.entry, now))
      draft.record({ kind: 'put', entry: received(draft, change.entry, view) })
    return
  }
  const { kind, key } = change
  const isHere = draft.current(key) !== undefined || (kind === 'purge' && draft.hasPast(key))
  if (kind === 'expire' || !isHere) return
  draft.record({ kind, key, revision: draft.nextRevision(key), at: now })
}

function received(draft: Draft, original: Entry, { now, bucket }: CommitView): Entry {
  const { key, value } = original
  const expiresAt = Math.min(
    original.expiresAt ?? Number.POSITIVE_INFINITY,
    now + (bucket.config.ttlMs ?? Number.POSITIVE_INFINITY),
  )
  return {
    key,
    value,
    revision: draft.nextRevision(key),
    createdAt: draft.current(key)?.createdAt ?? now,
    updatedAt: now,
    ...(Number.isFinite(expiresAt) && { expiresAt }),
  }
}
