import { mediaTypes } from 'kvasir/protocol'
import type { AppContext } from './route.ts'

const headers = { 'content-type': mediaTypes.json }

/** Answers with JSON text. */
export function jsonText(context: AppContext, text: string, status: 200 | 201 = 200): Response {
  return context.body(text, status, headers)
}

/** Answers with a page of items, each of them JSON text. */
export function pageText(context: AppContext, items: readonly string[], cursor?: string): Response {
  const end = cursor === undefined ? '' : `,"cursor":${JSON.stringify(cursor)}`
  return jsonText(context, `{"items":[${items.join()}]${end}}`)
}
