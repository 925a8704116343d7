import { writeResults } from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { commitOptionsOf } from '../commit-options.ts'
import { jsonText } from '../json-response.ts'
import { problemResponse } from '../problem-response.ts'
import { readBatch, readQuestions, writeAnswers } from '../read-batch.ts'
import { readJsonBody } from '../read-body.ts'
import { readQuery } from '../read-url.ts'
import type { Route } from '../route.ts'
import { conflictError } from '../write-entry.ts'
import { batchDoc, readDoc } from './batch-docs.ts'

/** Many operations in one step, and many questions in one answer. */
export const batchRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/batch', scopes: ['write'], handle: batch, doc: batchDoc },
  { method: 'POST', path: '/v1/read', scopes: ['read'], handle: read, doc: readDoc },
]

const emptyQuery = z.strictObject({})

async function batch(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  const json = await readJsonBody(context, bodyLimits.batch)
  const { grant, project } = context.get('caller')
  const { bucket, operations } = readBatch(json, grant)
  const committed = await engine.commit({ project, bucket }, operations, commitOptionsOf(context))
  if (!committed.ok) return problemResponse(context, conflictError(committed.conflict))
  return jsonText(context, writeResults(committed.results))
}

async function read(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  const { bucket, reads } = readQuestions(await readJsonBody(context, bodyLimits.batch))
  const { project } = context.get('caller')
  return jsonText(context, writeAnswers(await engine.read({ project, bucket }, reads)))
}
