import type { WatchEvent } from 'kvasir/engine'
import { writeChange, writeStreamEvent } from 'kvasir/protocol'
import type { StreamSource } from './event-stream.ts'
import { type OpenedWatch, revisionOf } from './open-watch.ts'

/** A watch of a bucket, for a stream: ids are revisions. */
export function watchSource({ watch, events, revision }: OpenedWatch): StreamSource<WatchEvent> {
  return {
    ready: writeReady(revision),
    events,
    write: writeEvent,
    passed: () => watch.passed?.toString(),
    close: () => watch.close(),
  }
}

function writeReady(revision: number | undefined): string {
  const data = JSON.stringify({ revision })
  const id = revision === undefined ? {} : { id: String(revision) }
  return writeStreamEvent({ event: 'ready', data, ...id })
}

function writeEvent(event: WatchEvent): string {
  const id = String(revisionOf(event))
  return writeStreamEvent({ event: event.kind, id, data: writeChange(event) })
}
