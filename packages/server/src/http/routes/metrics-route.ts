import { z } from 'zod'
import { readQuery } from '../read-url.ts'
import type { Route } from '../route.ts'
import { metricsDoc } from './metrics-docs.ts'

/**
 * The server's figures. They are those of all projects together, so that a token of one project
 * does not get them, and the scope is one of its own, so that who collects them gets nothing else.
 */
export const metricsRoute: Route = {
  method: 'GET',
  path: '/metrics',
  scopes: ['metrics'],
  acrossProjects: true,
  handle: figures,
  doc: metricsDoc,
}

const emptyQuery = z.strictObject({})

async function figures(...[context, { metrics }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  return context.body(await metrics.write(), 200, { 'content-type': metrics.mediaType })
}
