import type { ChangeFeed } from '../../engine/change-feed.ts'
import { changeKey } from '../../engine/entry.ts'
import type { BucketDraft } from './bucket-draft.ts'
import type { BucketRegistry } from './bucket-registry.ts'
import { RecordInParts } from './collections/record-in-parts.ts'
import type { HotEntries } from './hot-entries.ts'
import type { ChangedKeys } from './unsynced-commits.ts'

// What a transaction has changed, and who has to know: those who remember what was there before at
// once, watchers when nothing can undo it any more.

/** What is remembered of what was changed is out of date: what is there now takes its place. */
export function rememberChanged(hot: HotEntries, drafts: readonly BucketDraft[]): void {
  for (const { isRemoved, unwritten, events, row } of drafts) {
    // A purge, say, or a TTL for what is there; of the buckets that copy this one, too.
    if (isRemoved || unwritten === 'all') hot.clear()
    for (const event of events) {
      if (event.kind === 'clear') continue
      const isWhole = event.kind === 'put' && !(event.entry.value instanceof RecordInParts)
      if (isWhole) hot.replace(row.id, event.entry)
      else hot.forget(row.id, changeKey(event))
    }
  }
}

/** Adds the keys that were changed. */
export function addChangedKeys(keys: ChangedKeys, drafts: readonly BucketDraft[]): void {
  for (const { row, events } of drafts) {
    for (const event of events) {
      if (event.kind !== 'clear') keys.add(row.id, changeKey(event))
    }
  }
}

/** Tells the watchers. */
export function publish(registry: BucketRegistry, drafts: readonly BucketDraft[]): void {
  for (const draft of drafts) {
    if (draft.isRemoved) registry.drop(draft.at)
    else publishTo(registry.at(draft.at, draft.row.id).feed, draft)
  }
}

function publishTo(feed: ChangeFeed, { events, revisionBefore }: BucketDraft): void {
  const isAtHand = events.every(
    (event) => event.kind !== 'put' || !(event.entry.value instanceof RecordInParts),
  )
  if (isAtHand) feed.publish(events, revisionBefore)
  else feed.publishUnread()
}
