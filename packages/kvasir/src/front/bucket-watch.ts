import { decodeValue } from '../codec/value.ts'
import type { Gap, Watch, WatchEvent } from '../engine/engine.ts'
import type { Change, EpochMs, Revision } from '../engine/entry.ts'
import type { BucketEntry } from './bucket-operation.ts'

/** What a watcher of a bucket sees, with values as users have them. */
export type BucketEvent =
  | { readonly kind: 'put'; readonly entry: BucketEntry }
  | Exclude<Change, { kind: 'put' }>
  | { readonly kind: 'clear'; readonly revision: Revision; readonly at: EpochMs }
  | { readonly kind: 'synced'; readonly revision: Revision }
  | Gap

/** A running watch: iterate it once, and leave the loop or close it to end it. */
export interface BucketWatch<Event> extends AsyncIterable<Event>, AsyncDisposable {
  /** Settles once the watch is in place: what is written later will be seen. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

export function createBucketWatch(watch: Watch): BucketWatch<BucketEvent> {
  return mapWatch(watch, decodeEvent)
}

/** A watch whose events are turned into others; those turned into `undefined` are left out. */
export function mapWatch<From, To>(
  watch: BucketWatch<From>,
  turn: (event: From) => To | undefined,
): BucketWatch<To> {
  return {
    ready: watch.ready,
    close: () => watch.close(),
    [Symbol.asyncDispose]: () => watch.close(),
    [Symbol.asyncIterator]: () => {
      const events = watch[Symbol.asyncIterator]()
      return {
        async next(): Promise<IteratorResult<To>> {
          for (;;) {
            const step = await events.next()
            if (step.done) return { done: true, value: undefined }
            const value = turn(step.value)
            if (value !== undefined) return { done: false, value }
          }
        },
        async return(): Promise<IteratorResult<To>> {
          await events.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

function decodeEvent(event: WatchEvent): BucketEvent {
  if (event.kind !== 'put') return event
  const { value, ...head } = event.entry
  return { kind: 'put', entry: { ...head, value: decodeValue(value) } }
}
