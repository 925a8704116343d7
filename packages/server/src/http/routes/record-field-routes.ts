import { writeReadResult, writeResult } from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { jsonText } from '../json-response.ts'
import { type RecordPlace, recordPlaces } from '../locate-record.ts'
import { readJsonBody } from '../read-body.ts'
import {
  type RecordRead,
  type RecordWrite,
  readRecordRead,
  readRecordWrite,
} from '../read-record-request.ts'
import { type AppContext, bucketOf, type Route } from '../route.ts'
import { parseShape } from '../shape.ts'
import { writeEntry } from '../write-entry.ts'
import { readDoc, writeDoc } from './record-field-docs.ts'

/** The numbers, lists and sets in records: one request is one step over all fields it names. */
export const recordFieldRoutes: readonly Route[] = recordPlaces.flatMap((place) => [
  writeRoute(place, 'increment', ['write']),
  writeRoute(place, 'append', ['write']),
  writeRoute(place, 'unshift', ['write']),
  writeRoute(place, 'shift', ['read', 'write']),
  readRoute(place, 'peek'),
  writeRoute(place, 'add', ['write']),
  writeRoute(place, 'remove', ['write']),
  readRoute(place, 'has'),
])

const emptyQuery = z.strictObject({})

function writeRoute(place: RecordPlace, op: RecordWrite, scopes: Route['scopes']): Route {
  return {
    method: 'POST',
    path: `${place.path}/${op}`,
    scopes,
    doc: writeDoc(op),
    handle: async (context, parts) => {
      const { key, json } = await readRequest(context, place)
      const operation = readRecordWrite(json, key, op)
      return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) =>
        jsonText(context, writeResult(result)),
      )
    },
  }
}

function readRoute(place: RecordPlace, op: RecordRead): Route {
  return {
    method: 'POST',
    path: `${place.path}/${op}`,
    scopes: ['read'],
    doc: readDoc(op),
    handle: async (context, { engine }) => {
      const { key, json } = await readRequest(context, place)
      const [result = {}] = await engine.read(bucketOf(context), [readRecordRead(json, key, op)])
      return jsonText(context, writeReadResult(result))
    },
  }
}

async function readRequest(
  context: AppContext,
  place: RecordPlace,
): Promise<{ key: string; json: string }> {
  const { key, query } = place.locate(context, { isOperation: true })
  parseShape(emptyQuery, query, 'The query')
  return { key, json: await readJsonBody(context, bodyLimits.value) }
}
