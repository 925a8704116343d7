import { KvasirError } from 'kvasir'
import { eventStreamMediaType } from 'kvasir/protocol'
import { type StreamSource, streamEvents } from '../watch/event-stream.ts'
import type { AppContext, RouteParts } from './route.ts'

/**
 * Answers with a stream of events, which ends with the client, the token or the server.
 *
 * @throws {KvasirError} `KV_METHOD_NOT_ALLOWED`, `KV_TOO_MANY_REQUESTS`, `KV_UNAVAILABLE`, and
 * whatever keeps the source from being opened.
 */
export async function streamResponse<Event>(
  context: AppContext,
  { heartbeatMs, streams }: RouteParts,
  open: () => Promise<StreamSource<Event>>,
): Promise<Response> {
  refuseHead(context)
  const leave = streams.enter(context.get('caller').project)
  try {
    const source = await open()
    const close = async (): Promise<void> => {
      leave()
      await source.close()
    }
    const draining = context.env?.draining
    const stream = streamEvents(
      { ...source, close },
      {
        heartbeatMs,
        stillAllowed: () => context.get('caller').stillAllowed(),
        ...(draining && { draining }),
      },
    )
    // Proxies that gather answers before passing them on would hold the events back.
    const headers = { 'content-type': eventStreamMediaType, 'x-accel-buffering': 'no' }
    return context.body(stream, 200, headers)
  } catch (error) {
    leave()
    throw error
  }
}

/** Refuses HEAD, which would open a stream for nobody. */
function refuseHead({ req }: AppContext): void {
  if (req.method !== 'HEAD') return
  throw new KvasirError('KV_METHOD_NOT_ALLOWED', 'A stream of events takes GET alone.', {
    details: { allow: 'GET' },
  })
}
