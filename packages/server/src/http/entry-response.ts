import type { Entry } from 'kvasir/engine'
import { headerNames, mediaTypes, type StoredValue, setsTooLong } from 'kvasir/protocol'
import { isKnown } from './conditions.ts'
import type { AppContext } from './route.ts'

const setsHeaderLengthMax = 4096

export const contentTypes = {
  json: mediaTypes.json,
  record: mediaTypes.json,
  text: `${mediaTypes.text}; charset=utf-8`,
  bytes: mediaTypes.bytes,
} as const

/** Answers with an entry: its value as the body, unparsed, and everything else in headers. */
export function entryResponse(context: AppContext, entry: Entry): Response {
  const { value, revision } = entry
  const headers = entryHeaders(entry)
  if (isKnown(context, revision)) return context.body(null, 304, headers)
  const body = typeof value.data === 'string' ? new TextEncoder().encode(value.data) : value.data
  headers['content-type'] = contentTypes[value.kind]
  headers['content-length'] = String(body.byteLength)
  return context.body(body as Uint8Array<ArrayBuffer>, 200, headers)
}

/** Everything about an entry that its value does not say. */
function entryHeaders({ value, revision, createdAt, updatedAt, expiresAt }: Entry) {
  const headers: Record<string, string> = {
    etag: `"${revision}"`,
    [headerNames.revision]: String(revision),
    [headerNames.createdAt]: String(createdAt),
    [headerNames.updatedAt]: String(updatedAt),
  }
  if (expiresAt !== undefined) headers[headerNames.expiresAt] = String(expiresAt)
  const sets = setsHeader(value)
  if (sets !== undefined) headers[headerNames.sets] = sets
  return headers
}

/** Where sets stand in a value, for a header: in ASCII, with escapes for everything else. */
export function setsHeader(value: StoredValue): string | undefined {
  if (!('sets' in value) || !value.sets) return undefined
  const ascii = JSON.stringify(value.sets).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return ascii.length > setsHeaderLengthMax ? setsTooLong : ascii
}
