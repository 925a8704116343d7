import { decodeCursor, encodeCursor } from 'kvasir/protocol'
import { z } from 'zod'
import { jsonText, pageText } from '../json-response.ts'
import { readQuery } from '../read-url.ts'
import type { Route } from '../route.ts'
import { listProjectsDoc, projectDoc } from './project-docs.ts'

/** Which projects there are, and which one a request speaks of. */
export const projectRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/project', scopes: ['read'], handle: project, doc: projectDoc },
  {
    method: 'GET',
    path: '/v1/projects',
    scopes: ['read'],
    acrossProjects: true,
    handle: listProjects,
    doc: listProjectsDoc,
  },
]

const emptyQuery = z.strictObject({})

async function project(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  const name = await engine.resolveProject(context.get('caller').project)
  return jsonText(context, toItem(name))
}

async function listProjects(
  ...[context, { engine }]: Parameters<Route['handle']>
): Promise<Response> {
  const { limit, cursor } = readQuery(context, listProjectsDoc.query)
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
