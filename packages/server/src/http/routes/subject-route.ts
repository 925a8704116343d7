import { subscriptionSource } from '../../watch/subscription-source.ts'
import { readQuery, subjectInPath } from '../read-url.ts'
import type { Route } from '../route.ts'
import { streamResponse } from '../stream-response.ts'
import { subjectDoc } from './watch-docs.ts'

/** What buckets publish under a subject, as it is stored. */
export const subjectRoute: Route = {
  method: 'GET',
  path: '/v1/subjects/:subject',
  scopes: ['read'],
  handle: subscribe,
  doc: subjectDoc,
}

async function subscribe(...[context, parts]: Parameters<Route['handle']>): Promise<Response> {
  const query = readQuery(context, subjectDoc.query)
  const since = context.req.header('last-event-id') || query.since
  const { project } = context.get('caller')
  return streamResponse(context, parts, async () => {
    const subscription = parts.engine.subscribe(
      project,
      subjectInPath(context),
      since === undefined ? {} : { since },
    )
    await subscription.ready
    return subscriptionSource(subscription)
  })
}
