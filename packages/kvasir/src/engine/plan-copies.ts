import { copyOf, originsOf } from './copies.ts'
import { type CommitView, Draft, type PlannedSteps } from './draft.ts'
import { type Change, changeKey, type Entry, isExpired } from './entry.ts'

/**
 * Works out what changes of an origin do to a bucket that copies it. No limit of the bucket's holds
 * for copies: one that was refused would be missing for ever.
 */
export function planCopies(
  view: CommitView,
  { bucket, changes }: { readonly bucket: string; readonly changes: readonly Change[] },
): PlannedSteps {
  const { config } = view.bucket
  const origins = originsOf(config).filter((origin) => origin.bucket === bucket)
  const draft = new Draft(view)
  const take = config.mirror ? mirrorChange : receiveChange
  for (const change of changes) {
    for (const origin of origins) {
      const copy = copyOf(change, origin)
      if (copy) take(draft, copy, view)
    }
  }
  return { steps: draft.steps, figures: draft.figures() }
}

/** A mirror has the same change under the same number, even if it has nothing to remove. */
function mirrorChange(draft: Draft, change: Change, { now }: CommitView): void {
  const stored = draft.stored(changeKey(change))
  // Where several keys become one, what has expired may have been replaced by another's value.
  const isReplaced = change.kind === 'expire' && stored !== undefined && !isExpired(stored, now)
  if (!isReplaced) draft.take(change)
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
