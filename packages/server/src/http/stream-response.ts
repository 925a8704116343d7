import { KvasirError } from 'kvasir'
import { eventStreamMediaType } from 'kvasir/protocol'
import { type StreamSource, streamEvents } from '../watch/event-stream.ts'
import type { AppContext, RouteParts } from './route.ts'

/** Refuses HEAD, which would open a stream for nobody. */
export function refuseHead({ req }: AppContext): void {
  if (req.method !== 'HEAD') return
  throw new KvasirError('KV_METHOD_NOT_ALLOWED', 'A stream of events takes GET alone.', {
    details: { allow: 'GET' },
  })
}

/** Answers with a stream of events, which ends with the client, the token or the server. */
export function streamResponse<Event>(
  context: AppContext,
  { heartbeatMs }: RouteParts,
  source: StreamSource<Event>,
): Response {
  const draining = context.env?.draining
  const stream = streamEvents(source, {
    heartbeatMs,
    stillAllowed: () => context.get('caller').stillAllowed(),
    ...(draining && { draining }),
  })
  // Proxies that gather answers before passing them on would hold the events back.
  const headers = { 'content-type': eventStreamMediaType, 'x-accel-buffering': 'no' }
  return context.body(stream, 200, headers)
}
