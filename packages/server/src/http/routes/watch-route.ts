import { KvasirError } from 'kvasir'
import { eventStreamMediaType } from 'kvasir/protocol'
import { streamEvents } from '../../watch/event-stream.ts'
import { openWatch } from '../../watch/open-watch.ts'
import { readQuery } from '../read-url.ts'
import { bucketOf, type Route } from '../route.ts'
import { invalidArgument } from '../shape.ts'
import { watchDoc } from './watch-docs.ts'

/** The changes of a bucket as they happen. */
export const watchRoute: Route = {
  method: 'GET',
  path: '/v1/buckets/:bucket/watch',
  scopes: ['read'],
  handle: watch,
  doc: watchDoc,
}

async function watch(...[context, parts]: Parameters<Route['handle']>): Promise<Response> {
  if (context.req.method === 'HEAD') {
    throw new KvasirError('KV_METHOD_NOT_ALLOWED', 'A watch takes GET alone.', {
      details: { allow: 'GET' },
    })
  }
  const { since, initial, ...filter } = readQuery(context, watchDoc.query)
  const lastId = readLastId(context.req.header('last-event-id'))
  const opened = await openWatch(parts.engine, bucketOf(context), {
    filter,
    ...(since !== undefined && { since }),
    ...(initial && { initial }),
    ...(lastId !== undefined && { lastId }),
  })
  const draining = context.env?.draining
  const stream = streamEvents(opened, {
    heartbeatMs: parts.heartbeatMs,
    stillAllowed: () => context.get('caller').stillAllowed(),
    ...(draining && { draining }),
  })
  // Proxies that gather answers before passing them on would hold the events back.
  const headers = { 'content-type': eventStreamMediaType, 'x-accel-buffering': 'no' }
  return context.body(stream, 200, headers)
}

function readLastId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (/^\d{1,16}$/.test(header)) return Number(header)
  throw invalidArgument('Last-Event-ID takes the id of an event of this stream.')
}
