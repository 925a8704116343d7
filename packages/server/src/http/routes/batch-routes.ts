import { KvasirError, limits } from 'kvasir'
import type { Operation, ReadResult } from 'kvasir/engine'
import {
  elementsOf,
  headerNames,
  isArrayText,
  storedBytes,
  writeReadResult,
  writeResults,
} from 'kvasir/protocol'
import { z } from 'zod'
import { requireScopes } from '../authenticate.ts'
import { bodyLimits } from '../body-limits.ts'
import { jsonText } from '../json-response.ts'
import { problemResponse } from '../problem-response.ts'
import { readJsonBody } from '../read-body.ts'
import { openMembers, readOperation } from '../read-operation.ts'
import { readRead } from '../read-read.ts'
import { readQuery } from '../read-url.ts'
import type { AppContext, Route } from '../route.ts'
import { invalidArgument, parseShape } from '../shape.ts'
import { conflictError } from '../write-entry.ts'
import { batchDoc, bucketBody, readDoc } from './batch-docs.ts'

/** Many operations in one step, and many questions in one answer. */
export const batchRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/batch', scopes: ['write'], handle: batch, doc: batchDoc },
  { method: 'POST', path: '/v1/read', scopes: ['read'], handle: read, doc: readDoc },
]

const emptyQuery = z.strictObject({})

async function batch(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  const { bucket, items } = await readList(context, 'operations')
  const operations = items.map((item, index) => readOperation(item, `operations[${index}]`))
  const { grant, project } = context.get('caller')
  if (operations.some(givesDataBack)) requireScopes(grant, ['read'])
  const idempotencyKey = context.req.header(headerNames.idempotencyKey)
  const options = idempotencyKey === undefined ? {} : { idempotencyKey }
  const committed = await engine.commit({ project, bucket }, operations, options)
  if (!committed.ok) return problemResponse(context, conflictError(committed.conflict))
  return jsonText(context, writeResults(committed.results))
}

async function read(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  readQuery(context, emptyQuery)
  const { bucket, items } = await readList(context, 'reads')
  const reads = items.map((item, index) => readRead(item, `reads[${index}]`))
  const { project } = context.get('caller')
  const results = await engine.read({ project, bucket }, reads)
  checkAnswer(results)
  return jsonText(context, `{"results":[${results.map(writeReadResult).join()}]}`)
}

/** The body `{ bucket, [name]: [...] }`, its items still as JSON text. */
async function readList(
  context: AppContext,
  name: 'operations' | 'reads',
): Promise<{ bucket: string; items: string[] }> {
  const json = await readJsonBody(context, bodyLimits.batch)
  const { [name]: list, ...rest } = openMembers(json, [name], 'The body')
  const { bucket } = parseShape(bucketBody, rest, 'The body')
  if (typeof list !== 'string' || !isArrayText(list)) {
    throw invalidArgument(`The body takes an array called ${name}.`)
  }
  const items = elementsOf(list)
  if (items.length > limits.batchLengthMax) {
    throw new KvasirError(
      'KV_TOO_LARGE',
      `${items.length} ${name} were given; one request takes ${limits.batchLengthMax} at most. Split it.`,
      { outcome: 'not-applied', details: { count: items.length } },
    )
  }
  return { bucket, items }
}

function givesDataBack({ op, previous }: Operation): boolean {
  return op === 'shift' || previous === true
}

function checkAnswer(results: readonly ReadResult[]): void {
  const bytes = results.reduce(
    (total, { entry }) => total + (entry ? storedBytes(entry.value) : 0),
    0,
  )
  if (bytes <= limits.batchBytesMax) return
  throw new KvasirError(
    'KV_TOO_LARGE',
    `The values take ${bytes} bytes; one answer takes ${limits.batchBytesMax} at most. Ask for fewer keys at a time.`,
    { details: { bytes, bytesMax: limits.batchBytesMax } },
  )
}
