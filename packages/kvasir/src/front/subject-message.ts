import { decodeValue } from '../codec/value.ts'
import type { ChangeKind, EpochMs, Revision } from '../engine/entry.ts'
import { mapWatch } from './bucket-watch.ts'
import { type Publication, revisionOf, type Subscription } from './publication.ts'

/** What a subscriber is told: a change, or that there were more than it is told of. */
export type SubjectMessage<Value = unknown> = SubjectChange<Value> | SubjectGap

/** A change of a bucket, as those see it who have subscribed to its subject. */
export interface SubjectChange<Value = unknown> {
  /** Of a `clear`, which is about all keys: the subject that was subscribed to. */
  readonly subject: string
  readonly bucket: string
  readonly kind: ChangeKind | 'clear'
  /** Absent for `clear`. */
  readonly key?: string
  /** The bucket's number for the change. */
  readonly revision: Revision
  readonly at: EpochMs
  /** Of a `put`, unless the bucket publishes without values. */
  readonly value?: Value
  /** Pass it as `since` to go on after this message. */
  readonly position: string
}

/**
 * Some changes of the bucket beyond `revision` and up to `to` had been replaced by later ones of
 * the same keys before the reader came to them; they may have been under its subject.
 */
export interface SubjectGap {
  /** The subject that was subscribed to. */
  readonly subject: string
  readonly bucket: string
  readonly kind: 'gap'
  readonly revision: Revision
  readonly to: Revision
  /** There is none: it is about the keys of the whole bucket. */
  readonly key?: never
  readonly value?: never
  /** Pass it as `since` to go on after this message. */
  readonly position: string
}

export function createSubscription(
  subscription: Subscription<Publication>,
): Subscription<SubjectMessage> {
  return {
    ...mapWatch(subscription, toMessage),
    get position() {
      return subscription.position
    },
  }
}

function toMessage({ subject, bucket, event, position }: Publication): SubjectMessage {
  const from = { subject, bucket, position }
  if (event.kind === 'gap') return { ...from, ...event }
  const head = { ...from, kind: event.kind, revision: revisionOf(event) }
  if (event.kind === 'clear') return { ...head, at: event.at }
  if (event.kind !== 'put') return { ...head, key: event.key, at: event.at }
  const { key, updatedAt: at } = event.entry
  if (!('value' in event.entry)) return { ...head, key, at }
  return { ...head, key, at, value: decodeValue(event.entry.value) }
}
