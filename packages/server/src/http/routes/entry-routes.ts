import { KvasirError } from 'kvasir'
import type { Operation } from 'kvasir/engine'
import {
  mediaTypes,
  readValueFields,
  type StoredValue,
  storedFromJsonText,
  writeEntry as writeEntryJson,
} from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { entryResponse } from '../entry-response.ts'
import { jsonText } from '../json-response.ts'
import {
  decodeUtf8,
  mediaTypeOf,
  readBody,
  readJsonBody,
  unsupportedMediaType,
} from '../read-body.ts'
import { keyInPath, queryOf } from '../read-url.ts'
import { type AppContext, bucketOf, type Route } from '../route.ts'
import { invalidArgument, parseShape } from '../shape.ts'
import { expiryOf, writeEntry } from '../write-entry.ts'
import { deleteEntryDoc, getEntryDoc, patchEntryDoc, putEntryDoc } from './entry-docs.ts'

/** One key: in the path for people, in the query for programs. */
export const entryRoutes: readonly Route[] = [
  ...routesAt('/v1/buckets/:bucket/keys/:key', (context) => ({
    key: keyInPath(context),
    query: queryOf(context),
  })),
  ...routesAt('/v1/buckets/:bucket/entry', (context) => {
    const { key, ...query } = queryOf(context)
    if (key === undefined) throw invalidArgument('The query lacks key.')
    return { key, query }
  }),
]

/** Finds the key, and what is in the query besides. */
type Locate = (context: AppContext) => {
  readonly key: string
  readonly query: Readonly<Record<string, string>>
}

const emptyQuery = z.strictObject({})

function routesAt(path: string, locate: Locate): Route[] {
  const read = { path, scopes: ['read'] } as const
  const write = { path, scopes: ['write'] } as const
  return [
    { ...read, method: 'GET', handle: getEntry(locate), doc: getEntryDoc },
    { ...write, method: 'PUT', handle: putEntry(locate), doc: putEntryDoc },
    { ...write, method: 'PATCH', handle: patchEntry(locate), doc: patchEntryDoc },
    { ...write, method: 'DELETE', handle: deleteEntry(locate), doc: deleteEntryDoc },
  ]
}

function getEntry(locate: Locate): Route['handle'] {
  return async (context, { engine }) => {
    const { key, query } = locate(context)
    const { revision, envelope } = parseShape(getEntryDoc.query, query, 'The query')
    const options = revision === undefined ? {} : { revision }
    const entry = await engine.get(bucketOf(context), key, options)
    if (!entry) throw keyNotFound(key, revision)
    return envelope ? jsonText(context, writeEntryJson(entry)) : entryResponse(context, entry)
  }
}

function putEntry(locate: Locate): Route['handle'] {
  return async (context, parts) => {
    const { key, query } = locate(context)
    const expiry = expiryOf(parseShape(putEntryDoc.query, query, 'The query'))
    const value = await readStored(context)
    // The entry from before is the only way to tell for certain whether there was one.
    const operation: Operation = { op: 'put', key, value, previous: true, ...expiry }
    return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) => {
      const { revision, expiresAt, previous } = result
      const created = previous === undefined
      const text = JSON.stringify({ key, revision, created, expiresAt })
      return withTag(jsonText(context, text, created ? 201 : 200), revision)
    })
  }
}

function patchEntry(locate: Locate): Route['handle'] {
  return async (context, parts) => {
    const { key, query } = locate(context)
    const expiry = expiryOf(parseShape(patchEntryDoc.query, query, 'The query'))
    const json = await readJsonBody(context, bodyLimits.value)
    const set = readValueFields(json, undefined)
    const operation: Operation = { op: 'patch', key, set, ...expiry }
    return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) => {
      const { revision, expiresAt } = result
      return withTag(jsonText(context, JSON.stringify({ key, revision, expiresAt })), revision)
    })
  }
}

function deleteEntry(locate: Locate): Route['handle'] {
  return async (context, parts) => {
    const { key, query } = locate(context)
    parseShape(emptyQuery, query, 'The query')
    const operation: Operation = { op: 'delete', key }
    return writeEntry(context, { at: bucketOf(context), operation, parts }, (result) => {
      const { changed, revision } = result
      return jsonText(context, JSON.stringify({ deleted: changed, revision }))
    })
  }
}

/** The body as a value, of the kind that its content type says. */
async function readStored(context: AppContext): Promise<StoredValue> {
  const mediaType = mediaTypeOf(context)
  const read = () => readBody(context, bodyLimits.value)
  if (mediaType === mediaTypes.bytes) return { kind: 'bytes', data: await read() }
  if (mediaType === mediaTypes.json) return storedFromJsonText(decodeUtf8(await read()))
  if (mediaType === mediaTypes.text && isUtf8(context)) {
    return { kind: 'text', data: decodeUtf8(await read()) }
  }
  const send = [mediaTypes.json, `${mediaTypes.text}; charset=utf-8`, mediaTypes.bytes]
  throw unsupportedMediaType(context, `Content-Type: ${send.join('" or "Content-Type: ')}`)
}

function isUtf8({ req }: AppContext): boolean {
  const [, charset] = /charset="?([^";\s]*)/i.exec(req.header('content-type') ?? '') ?? []
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)
}

function withTag(response: Response, revision: number): Response {
  response.headers.set('etag', `"${revision}"`)
  return response
}

function keyNotFound(key: string, revision: number | undefined): KvasirError {
  const what = revision === undefined ? 'does not exist' : `has no value at revision ${revision}`
  return new KvasirError('KV_KEY_NOT_FOUND', `Key ${JSON.stringify(key)} ${what}.`)
}
