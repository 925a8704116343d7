import { openWatch } from '../../watch/open-watch.ts'
import { watchSource } from '../../watch/watch-source.ts'
import { readQuery } from '../read-url.ts'
import { bucketOf, type Route } from '../route.ts'
import { invalidArgument } from '../shape.ts'
import { streamResponse } from '../stream-response.ts'
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
  const { since, initial, ...filter } = readQuery(context, watchDoc.query)
  const lastId = readLastId(context.req.header('last-event-id'))
  return streamResponse(context, parts, async () => {
    const opened = await openWatch(parts.engine, bucketOf(context), {
      filter,
      ...(since !== undefined && { since }),
      ...(initial && { initial }),
      ...(lastId !== undefined && { lastId }),
    })
    return watchSource(opened)
  })
}

function readLastId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (/^\d{1,16}$/.test(header)) return Number(header)
  throw invalidArgument('Last-Event-ID takes the id of an event of this stream.')
}
