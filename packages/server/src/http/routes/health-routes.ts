import { KvasirError } from 'kvasir'
import { jsonText } from '../json-response.ts'
import type { Route } from '../route.ts'
import { livezDoc, readyzDoc } from './health-docs.ts'

/** What tells those who run the server how it is. */
export const healthRoutes: readonly Route[] = [
  { method: 'GET', path: '/livez', scopes: [], handle: livez, doc: livezDoc },
  { method: 'GET', path: '/readyz', scopes: [], handle: readyz, doc: readyzDoc },
]

const probe = { project: 'default', bucket: 'default' } as const

function livez(...[context]: Parameters<Route['handle']>): Response {
  return jsonText(context, '{"status":"ok"}')
}

/** @throws {KvasirError} `KV_UNAVAILABLE` */
async function readyz(...[context, parts]: Parameters<Route['handle']>): Promise<Response> {
  const isDraining = parts.isDraining() || context.env?.draining?.aborted === true
  if (isDraining) throw unavailable('The server is shutting down.')
  try {
    await parts.engine.get(probe, 'readyz')
  } catch (cause) {
    throw unavailable('The store does not answer.', cause)
  }
  return jsonText(context, '{"status":"ok"}')
}

function unavailable(message: string, cause?: unknown): KvasirError {
  return new KvasirError('KV_UNAVAILABLE', message, { cause })
}
