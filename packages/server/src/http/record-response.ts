/** Answers that carry records: `{}` where there is none. */
import type { Entry, OperationResult } from 'kvasir/engine'
import { headerNames, mediaTypes, type StoredJson, writeEntry, writeResult } from 'kvasir/protocol'
import { isKnown } from './conditions.ts'
import { entryResponse, setsHeader } from './entry-response.ts'
import { jsonText } from './json-response.ts'
import type { AppContext } from './route.ts'

/** An entry that is a record. */
export type RecordEntry = Entry & { readonly value: StoredJson }

/** What an operation did, with nothing but a record for the entry from before. */
export type RecordResult = OperationResult & { readonly previous?: RecordEntry }

/** The body of a record that does not exist. */
const nothing = '{}'

/** Answers with the record as it is now. */
export function recordResponse(
  context: AppContext,
  { key, entry, isEnvelope }: { key: string; entry: RecordEntry | undefined; isEnvelope: boolean },
): Response {
  if (entry)
    return isEnvelope ? jsonText(context, writeEntry(entry)) : entryResponse(context, entry)
  if (isEnvelope) {
    return jsonText(context, `{"key":${JSON.stringify(key)},"value":${nothing},"revision":0}`)
  }
  const headers = { etag: '"0"', [headerNames.revision]: '0' }
  if (isKnown(context, 0)) return context.body(null, 304, headers)
  const length = String(nothing.length)
  return context.body(nothing, 200, {
    ...headers,
    'content-type': mediaTypes.json,
    'content-length': length,
  })
}

/**
 * Answers a write with the record from before in the body, and with what is now in the headers;
 * `hasRecord` says whether there is one now.
 */
export function previousResponse(
  context: AppContext,
  result: RecordResult,
  {
    isEnvelope,
    hasRecord,
    status = 200,
  }: { isEnvelope: boolean; hasRecord: boolean; status?: 200 | 201 },
): Response {
  const { previous, revision, expiresAt } = result
  const body = isEnvelope ? writeResult(result) : (previous?.value.data ?? nothing)
  const sets = previous && !isEnvelope ? setsHeader(previous.value) : undefined
  const response = jsonText(context, body, status)
  const { headers } = response
  headers.set(headerNames.revision, String(revision))
  if (hasRecord) headers.set('etag', `"${revision}"`)
  if (expiresAt !== undefined) headers.set(headerNames.expiresAt, String(expiresAt))
  if (sets !== undefined) headers.set(headerNames.sets, sets)
  return response
}
