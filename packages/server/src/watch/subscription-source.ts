import type { Publication, Subscription } from 'kvasir/engine'
import { writeChange, writeStreamEvent } from 'kvasir/protocol'
import type { StreamSource } from './event-stream.ts'

/** A subscription that has begun, for a stream: ids are its positions. */
export function subscriptionSource(
  subscription: Subscription<Publication>,
): StreamSource<Publication> {
  const { position } = subscription
  const data = JSON.stringify({ position })
  return {
    ready: writeStreamEvent({ event: 'ready', id: position, data }),
    events: subscription[Symbol.asyncIterator](),
    write: writePublication,
    passed: () => subscription.position,
    close: () => subscription.close(),
  }
}

function writePublication({ subject, bucket, event, position }: Publication): string {
  const head = JSON.stringify({ subject, bucket }).slice(0, -1)
  const data = `${head},${writeChange(event).slice(1)}`
  return writeStreamEvent({ event: event.kind, id: position, data })
}
