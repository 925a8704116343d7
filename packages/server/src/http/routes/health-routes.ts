import { type Health, KvasirError, type KvasirErrorOptions } from 'kvasir'
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
  let health: Health
  try {
    await parts.engine.get(probe, 'readyz')
    health = await parts.engine.health()
  } catch (cause) {
    throw unavailable('The store does not answer.', { cause })
  }
  if (!health.writable) throw unwritable(health)
  return jsonText(context, '{"status":"ok"}')
}

/** What everybody may know of it: figures and paths are for the log. */
function unwritable({ code, resumes }: Health & { writable: false }): KvasirError {
  const message = resumes
    ? 'The store takes no writes, because its disk is full. Reads are answered, and writes go on by themselves once there is space.'
    : 'The store takes no writes, because its disk has failed. Reads are answered; restart the server once the disk is well.'
  return unavailable(message, { details: { writable: false, code, resumes } })
}

function unavailable(message: string, options: KvasirErrorOptions = {}): KvasirError {
  return new KvasirError('KV_UNAVAILABLE', message, options)
}
