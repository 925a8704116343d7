import { KvasirError } from 'kvasir'
import type { Entry, Operation, OperationResult } from 'kvasir/engine'
import {
  notARecord,
  pickFields,
  readValue,
  readValueFields,
  type StoredValue,
} from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { jsonText } from '../json-response.ts'
import { type RecordPlace, recordPlaces } from '../locate-record.ts'
import { readJsonBody } from '../read-body.ts'
import { readSetsHeader } from '../read-sets-header.ts'
import {
  previousResponse,
  type RecordEntry,
  type RecordResult,
  recordResponse,
} from '../record-response.ts'
import { bucketOf, type Route } from '../route.ts'
import { parseShape } from '../shape.ts'
import { expiryOf, writeEntry } from '../write-entry.ts'
import {
  deleteRecordDoc,
  getRecordDoc,
  patchRecordDoc,
  putRecordDoc,
  recordExistsDoc,
} from './record-docs.ts'

/** Records as wholes. What is done to numbers, lists and sets in them has routes of its own. */
export const recordRoutes: readonly Route[] = recordPlaces.flatMap(routesAt)

const emptyQuery = z.strictObject({})

function routesAt(place: RecordPlace): Route[] {
  const { path } = place
  // The answers to writes give back what was there.
  const write = { path, scopes: ['read', 'write'] } as const
  return [
    { path, method: 'GET', scopes: ['read'], handle: getRecord(place), doc: getRecordDoc },
    { ...write, method: 'PUT', handle: putRecord(place), doc: putRecordDoc },
    { ...write, method: 'PATCH', handle: patchRecord(place), doc: patchRecordDoc },
    { ...write, method: 'DELETE', handle: deleteRecord(place), doc: deleteRecordDoc },
    {
      path: `${path}/exists`,
      method: 'GET',
      scopes: ['read'],
      handle: recordExists(place),
      doc: recordExistsDoc,
    },
  ]
}

function getRecord(place: RecordPlace): Route['handle'] {
  return async (context, { engine }) => {
    const { key, list: fields, query } = place.locate(context, { repeatable: 'field' })
    const { envelope: isEnvelope } = parseShape(getRecordDoc.query, query, 'The query')
    const found = await engine.get(bucketOf(context), key)
    if (found && !isRecord(found)) throw notARecord(key, found.value)
    return recordResponse(context, { key, entry: found && only(found, fields), isEnvelope })
  }
}

function putRecord(place: RecordPlace): Route['handle'] {
  return async (context, parts) => {
    const { key, query } = place.locate(context, {})
    const { envelope: isEnvelope, ...expiry } = parseShape(putRecordDoc.query, query, 'The query')
    const json = await readJsonBody(context, bodyLimits.value)
    const value = readValue({ value: json, sets: readSetsHeader(context) })
    checkRecord(key, value)
    const operation: Operation = { op: 'put', key, value, previous: true, ...expiryOf(expiry) }
    return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) => {
      const status = result.previous ? 200 : 201
      return previousResponse(context, toRecordResult(result), {
        isEnvelope,
        hasRecord: true,
        status,
      })
    })
  }
}

function patchRecord(place: RecordPlace): Route['handle'] {
  return async (context, parts) => {
    const { key, list: unset, query } = place.locate(context, { repeatable: 'unset' })
    const { envelope: isEnvelope, ...expiry } = parseShape(patchRecordDoc.query, query, 'The query')
    const json = await readJsonBody(context, bodyLimits.value)
    const set = readValueFields(json, readSetsHeader(context))
    const change = { op: 'patch', key, set, unset, previous: true } as const
    const operation: Operation = { ...change, ...expiryOf(expiry) }
    return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) =>
      previousResponse(context, toRecordResult(result), { isEnvelope, hasRecord: true }),
    )
  }
}

function deleteRecord(place: RecordPlace): Route['handle'] {
  return async (context, parts) => {
    const { key, list: fields, query } = place.locate(context, { repeatable: 'field' })
    const { envelope: isEnvelope } = parseShape(deleteRecordDoc.query, query, 'The query')
    const isWhole = fields.length === 0
    const operation: Operation = {
      op: 'delete',
      key,
      previous: true,
      ...(isWhole ? {} : { fields }),
    }
    return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) => {
      const hasRecord = !isWhole && result.revision > 0
      return previousResponse(context, toRecordResult(result, fields), { isEnvelope, hasRecord })
    })
  }
}

function recordExists(place: RecordPlace): Route['handle'] {
  return async (context, { engine }) => {
    const { key, query } = place.locate(context, { isOperation: true })
    parseShape(emptyQuery, query, 'The query')
    const [result] = await engine.read(bucketOf(context), [{ key, ttl: true }])
    return jsonText(context, JSON.stringify({ exists: result?.ttlMs !== undefined }))
  }
}

function isRecord(entry: Entry): entry is RecordEntry {
  return entry.value.kind === 'record'
}

/** The entry with only the named fields; no names stand for all. */
function only(entry: RecordEntry, fields: readonly string[]): RecordEntry {
  return fields.length === 0 ? entry : { ...entry, value: pickFields(entry.value, fields) }
}

/** The result without an entry from before that was no record. */
function toRecordResult(
  { previous, ...now }: OperationResult,
  fields: readonly string[] = [],
): RecordResult {
  return previous && isRecord(previous) ? { ...now, previous: only(previous, fields) } : now
}

function checkRecord(key: string, { kind }: StoredValue): void {
  if (kind === 'record') return
  throw new KvasirError(
    'KV_INVALID_VALUE',
    `A record is a JSON object of named fields; for key ${JSON.stringify(key)} the body was JSON of another kind. Send an object, or store the value under .../keys/.`,
    { outcome: 'not-applied', details: { key } },
  )
}
