/** The functions that steps call: those of a store, over HTTP, and `http-fetch` for all else. */
import { z } from 'zod'
import type { Json } from './references.ts'
import type { Answer, Call } from './run-flow.ts'

/** Where a store is served. */
export interface Place {
  readonly url: string
  readonly token: string
}

const patienceMs = 30_000

const fetchParameters = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  method: z.string().default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().optional(),
})

/** Makes calls of functions; any name but `http-fetch` is one of the store's. */
export function createCall(place: Place): Call {
  return (name, parameters) =>
    name === 'http-fetch' ? fetchUrl(parameters) : callStore(place, { name, parameters })
}

/** The store answers with the status in its JSON, failures included. */
async function callStore(
  { url, token }: Place,
  { name, parameters }: { name: string; parameters: Json },
): Promise<Answer> {
  const response = await fetch(`${url}/v1/functions/${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
    signal: AbortSignal.timeout(patienceMs),
  })
  return (await response.json()) as Answer
}

/** Answers `{ status_code, body }` as the store does; the body is parsed if it is JSON. */
async function fetchUrl(given: Json): Promise<Answer> {
  const { data, error } = fetchParameters.safeParse(given)
  if (!data) return failure(400, 'INVALID_PARAMETERS', z.prettifyError(error))
  const { url, method, headers, body } = data
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patienceMs),
  })
  const text = await response.text()
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  const { status } = response
  if (!response.ok)
    return failure(status, 'HTTP_STATUS', `${new URL(url).host} answered ${status}.`)
  return { status_code: status, body: isJson ? JSON.parse(text) : text }
}

function failure(status: number, code: string, message: string): Answer {
  return { status_code: status, error: { code, message } }
}
