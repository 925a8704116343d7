import { limits } from 'kvasir'
import { decodeCursor, encodeCursor } from 'kvasir/protocol'
import { z } from 'zod'
import { jsonText, pageText } from '../json-response.ts'
import { readQuery } from '../read-url.ts'
import type { Route } from '../route.ts'
import { queryInteger } from '../shape.ts'

/** Which projects there are, and which one a request speaks of. */
export const projectRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/project', scopes: ['read'], handle: project },
  {
    method: 'GET',
    path: '/v1/projects',
    scopes: ['read'],
    acrossProjects: true,
    handle: listProjects,
  },
]

const listQuery = z.strictObject({
  limit: queryInteger.default(limits.pageLengthDefault),
  cursor: z.string().optional(),
})

const emptyQuery = z.strictObject({})

async function project(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  const name = await engine.resolveProject(context.get('caller').project)
  return jsonText(context, toItem(name))
}

async function listProjects(
  ...[context, { engine }]: Parameters<Route['handle']>
): Promise<Response> {
  const { limit, cursor } = readQuery(context, listQuery)
  const position = cursor === undefined ? undefined : decodeCursor(cursor)
  const after = position && 'key' in position ? { after: position.key } : {}
  const { projects, hasMore } = await engine.listProjects({ limit, ...after })
  const last = projects.at(-1)
  const next = hasMore && last !== undefined ? encodeCursor({ key: last }) : undefined
  return pageText(context, projects.map(toItem), next)
}

function toItem(name: string): string {
  return JSON.stringify({ name })
}
