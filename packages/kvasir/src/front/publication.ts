import type { WatchEvent } from '../engine/engine.ts'
import type { EntryHead, Revision } from '../engine/entry.ts'

/** A change as it is published; where the bucket says so, without its value. */
export type PublishedEvent =
  | Exclude<WatchEvent, { kind: 'synced' }>
  | { readonly kind: 'put'; readonly entry: EntryHead }

/** A change of a bucket, on its way to those who have subscribed to its subject. */
export interface Publication {
  /** Of a `clear` or a `gap`, which are about all keys: what the subscriber asked for. */
  readonly subject: string
  readonly bucket: string
  readonly event: PublishedEvent
  /** Where a subscription goes on that begins after this one. */
  readonly position: string
}

/**
 * A running subscription. Iterate it once; leaving the loop, `close()` or an aborted signal ends
 * it. The changes of each bucket come in the order of their revisions, none twice, and all of them
 * but where a `gap` says otherwise.
 */
export interface Subscription<Message> extends AsyncIterable<Message>, AsyncDisposable {
  /** Settles once it is in place: what is stored later will be seen. */
  readonly ready: Promise<void>
  /**
   * How far the reader has come: with everything before the message that it has asked for last. It
   * moves on with changes under other subjects, too.
   */
  readonly position: string
  close(): Promise<void>
}

/** The change as it is published where values are left out. */
export function withoutValue(event: PublishedEvent): PublishedEvent {
  if (event.kind !== 'put') return event
  const { key, revision, createdAt, updatedAt, expiresAt } = event.entry
  const head = { key, revision, createdAt, updatedAt }
  return { kind: 'put', entry: { ...head, ...(expiresAt !== undefined && { expiresAt }) } }
}

export function revisionOf(event: PublishedEvent): Revision {
  if (event.kind === 'put') return event.entry.revision
  return event.revision
}
