/** Many operations, or many questions, as they come in the body of a request or over the socket. */
import { KvasirError, limits } from 'kvasir'
import type { Operation, Read, ReadResult } from 'kvasir/engine'
import { elementsOf, isArrayText, writeReadResult } from 'kvasir/protocol'
import type { Grant } from '../auth/grant.ts'
import { requireScopes } from './authenticate.ts'
import { openMembers, readOperation } from './read-operation.ts'
import { readRead } from './read-read.ts'
import { bucketBody } from './routes/batch-docs.ts'
import { invalidArgument, parseShape } from './shape.ts'

/**
 * Reads a batch. What gives data back needs the scope `read` besides.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_MALFORMED_BODY`, `KV_TOO_LARGE`, `KV_FORBIDDEN`
 */
export function readBatch(json: string, grant: Grant): { bucket: string; operations: Operation[] } {
  const { bucket, items } = readList(json, 'operations')
  const operations = items.map((item, index) => readOperation(item, `operations[${index}]`))
  if (operations.some(givesDataBack)) requireScopes(grant, ['read'])
  return { bucket, operations }
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_MALFORMED_BODY`, `KV_TOO_LARGE` */
export function readQuestions(json: string): { bucket: string; reads: Read[] } {
  const { bucket, items } = readList(json, 'reads')
  return { bucket, reads: items.map((item, index) => readRead(item, `reads[${index}]`)) }
}

/** The answers to questions as JSON text. */
export function writeAnswers(results: readonly ReadResult[]): string {
  return `{"results":[${results.map(writeReadResult).join()}]}`
}

/** The body `{ bucket, [name]: [...] }`, its items still as JSON text. */
function readList(json: string, name: 'operations' | 'reads'): { bucket: string; items: string[] } {
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
