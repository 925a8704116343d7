import { KvasirError } from '../../errors/kvasir-error.ts'
import { headerNames, mediaTypes } from '../../protocol/names.ts'
import { type Answer, errorOf } from './answer.ts'
import { parseBaseUrl } from './base-url.ts'
import { Deadline } from './deadline.ts'
import { afterAttempts, backoffMs, isPassing, toLostConnection } from './failures.ts'

export interface ConnectionOptions {
  /** The bearer token; without one, requests carry none. */
  readonly token?: string
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** The most time that a call takes, repetitions included; default: 30 s. */
  readonly requestTimeoutMs?: number
  /**
   * How long a call is repeated while the server cannot be reached, within `requestTimeoutMs`;
   * default: 10 s, which outlasts a restart.
   */
  readonly retryMs?: number
}

export interface RemoteRequest {
  readonly at: { readonly project: string }
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** JSON. */
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal | undefined
}

export const requestTimeoutMsDefault = 30_000
const retryMsDefault = 10_000

/** The way to a server: requests, and what becomes of them when the way is bad. */
export class Connection {
  readonly #baseUrl: string
  readonly #options: ConnectionOptions
  readonly #underway = new Set<Promise<unknown>>()

  constructor(url: string, options: ConnectionOptions) {
    this.#baseUrl = parseBaseUrl(url)
    this.#options = options
  }

  /**
   * Sends a request and reads the answer to its end. Reads, and writes that carry an idempotency
   * key, are repeated after a lost connection, a 503 or a 504.
   *
   * @throws {KvasirError} the error that the server reports; `KV_UNAVAILABLE`, `KV_TIMEOUT`,
   * `KV_ABORTED`, `KV_BAD_RESPONSE`.
   */
  async send(request: RemoteRequest): Promise<Answer> {
    const sending = this.#send(request)
    const settled: Promise<unknown> = sending
      .then(ignore, ignore)
      .then(() => this.#underway.delete(settled))
    this.#underway.add(settled)
    return sending
  }

  /** Resolves once nothing is under way any more. */
  async close(): Promise<void> {
    await Promise.all(this.#underway)
  }

  async #send(request: RemoteRequest): Promise<Answer> {
    const { retryMs = retryMsDefault } = this.#options
    const startMs = performance.now()
    const mayRepeat = isRead(request) || request.idempotencyKey !== undefined
    const deadline = this.deadlineOf(request)
    let mayHaveArrived = false
    try {
      for (let attempt = 1; ; attempt++) {
        const result = await this.#attempt(request, deadline)
        if (!KvasirError.is(result)) return result
        mayHaveArrived ||= result.outcome !== 'not-applied'
        const isLast = performance.now() - startMs >= retryMs || deadline.isOver
        const isWorthIt = mayRepeat ? isPassing(result) : isUnsent(result)
        if (isLast || !isWorthIt) throw afterAttempts(result, { request, mayHaveArrived })
        await deadline.sleep(backoffMs(attempt))
        if (deadline.isOver) throw afterAttempts(deadline.error(), { request, mayHaveArrived })
      }
    } finally {
      deadline.clear()
    }
  }

  async #attempt(request: RemoteRequest, deadline: Deadline): Promise<Answer | KvasirError> {
    if (deadline.isOver) return deadline.error('not-applied')
    try {
      const response = await deadline.race(this.fetch(request, deadline.signal))
      const answer = await deadline.race(readAll(response))
      return answer.status < 300 ? answer : errorOf(answer)
    } catch (error) {
      return deadline.isOver ? deadline.error() : toLostConnection(error)
    }
  }

  /** Sends a request, once. */
  fetch(request: RemoteRequest, signal: AbortSignal): Promise<Response> {
    const { fetch: send = fetch } = this.#options
    const { method, body } = request
    return send(this.#urlOf(request), {
      method,
      headers: this.#headersOf(request),
      // A redirect would take the token to a place that nobody named.
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    })
  }

  #urlOf({ path, query = {} }: RemoteRequest): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    return this.#baseUrl + path + (text.length > 0 ? `?${text.join('&')}` : '')
  }

  #headersOf({ at, body, headers, idempotencyKey }: RemoteRequest): Record<string, string> {
    const { token } = this.#options
    return {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      // A token of one project stands for that project; only other names are worth saying.
      ...(at.project !== 'default' && { [headerNames.project]: at.project }),
      ...(body !== undefined && { 'content-type': mediaTypes.json }),
      ...(idempotencyKey !== undefined && { [headerNames.idempotencyKey]: idempotencyKey }),
      ...headers,
    }
  }

  /** How long the caller of a request waits. */
  deadlineOf({ signal }: RemoteRequest): Deadline {
    return new Deadline(this.#options.requestTimeoutMs ?? requestTimeoutMsDefault, signal)
  }
}

/** Reads an answer to its end. */
export async function readAll(response: Response): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, body }
}

function isRead({ method, path }: RemoteRequest): boolean {
  return method === 'GET' || path === '/v1/read'
}

/**
 * Whether nobody can have seen the request, so that even one that must not come twice may go again.
 */
function isUnsent(error: KvasirError): boolean {
  return error.code === 'KV_UNAVAILABLE' && error.details.unsent === true
}

function ignore(): void {
  // Whoever sent the request has its outcome.
}
