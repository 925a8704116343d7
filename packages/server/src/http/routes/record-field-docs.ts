import { readResultShape, resultShape } from '../openapi/answer-shapes.ts'
import { writeHeaders } from '../openapi/headers.ts'
import {
  type RecordRead,
  type RecordWrite,
  recordReadShape,
  recordWriteShape,
} from '../read-record-request.ts'
import { jsonAnswer, jsonBody, type RouteDoc } from '../route-doc.ts'

interface FieldDoc {
  readonly operationId: string
  readonly summary: string
  readonly example: object
}

const list = { fields: { jobs: [{ task: 'mail' }] } }
const count = { fields: { jobs: 1 } }
const set = { type: 'string', fields: { tags: ['new'] } }

const writes: Readonly<Record<RecordWrite, FieldDoc>> = {
  increment: {
    operationId: 'incrementFields',
    summary: 'Adds to numbers',
    example: { fields: { apples: -1, pears: 2 } },
  },
  append: { operationId: 'appendToLists', summary: 'Adds to the end of lists', example: list },
  unshift: { operationId: 'unshiftLists', summary: 'Adds to the front of lists', example: list },
  shift: { operationId: 'shiftLists', summary: 'Takes from the front of lists', example: count },
  add: { operationId: 'addToSets', summary: 'Adds members to sets', example: set },
  remove: { operationId: 'removeFromSets', summary: 'Removes members from sets', example: set },
}

const reads: Readonly<Record<RecordRead, FieldDoc>> = {
  peek: {
    operationId: 'peekLists',
    summary: 'Reads the first elements of lists, which stay',
    example: count,
  },
  has: {
    operationId: 'findInSets',
    summary: 'Tells which members are in sets',
    example: set,
  },
}

export function writeDoc(op: RecordWrite): RouteDoc {
  const { example, ...said } = writes[op]
  return {
    ...said,
    tag: 'Record fields',
    hasKey: true,
    headers: writeHeaders,
    body: jsonBody(recordWriteShape(op), example),
    answers: { 200: jsonAnswer('What was done.', resultShape) },
    errors: ['KV_INVALID_TTL', 'KV_INVALID_VALUE', 'KV_WRONG_TYPE'],
  }
}

export function readDoc(op: RecordRead): RouteDoc {
  const { example, ...said } = reads[op]
  return {
    ...said,
    tag: 'Record fields',
    hasKey: true,
    body: jsonBody(recordReadShape(op), example),
    answers: { 200: jsonAnswer('What was found.', readResultShape) },
    errors: ['KV_WRONG_TYPE'],
  }
}
