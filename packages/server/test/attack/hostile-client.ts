import { Agent, request } from 'node:http'
import { findUndescribed } from '../http/described-api.ts'
import type { HostileRequest } from './hostile-requests.ts'

/** Sends hostile requests to a project of its own, and collects what should not have happened. */
export class HostileClient {
  readonly offences: string[] = []
  sent = 0
  readonly #url: string
  readonly #name: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #project = 0
  #sentToProject = 0
  #digest = ''

  constructor(url: string, name: string) {
    this.#url = url
    this.#name = name
  }

  /** Sends a request, and answers its status and body. */
  async attack(given: HostileRequest): Promise<{ status: number; body: Buffer }> {
    if (this.#sentToProject === 0) this.#digest = await this.#readDigest()
    this.sent++
    this.#sentToProject++
    const answer = await this.#send(given).catch((error: Error) => {
      this.#note(given, `was not answered: ${error.message}`)
      return { status: 0, headers: {}, body: Buffer.alloc(0) }
    })
    await this.#judge(given, answer)
    return answer
  }

  close(): void {
    this.#agent.destroy()
  }

  async #judge(given: HostileRequest, answer: Answer): Promise<void> {
    const { status } = answer
    if (status >= 500 && !isQuota(answer))
      this.#note(given, `is ${status}: ${answer.body.toString().slice(0, 200)}`)
    if (status >= 400) return this.#judgeRefusal(given, answer)
    for (const each of await undescribed(given, answer)) this.#note(given, each)
    const text = given.path + String(given.body)
    if (/ttl|expires/i.test(text) || this.#sentToProject > 300) {
      // What expires changes data by itself; and a project that has grown takes long to look at.
      this.#project++
      this.#sentToProject = 0
    } else if (given.method !== 'GET' && given.method !== 'HEAD') {
      this.#digest = await this.#readDigest()
    }
  }

  async #judgeRefusal(given: HostileRequest, answer: Answer): Promise<void> {
    const { status } = answer
    // A HEAD that nobody answers has no body that could say so.
    const isUntold = given.method === 'HEAD' && status === 404
    const isOfNobody = isUntold || answer.body.includes('KV_ROUTE_NOT_FOUND') || status === 405
    const missing = isOfNobody ? [] : await undescribed(given, answer)
    for (const each of missing) this.#note(given, each)
    // What a read changed shows at the next write that is refused.
    if (given.method === 'GET' || given.method === 'HEAD') return
    const digest = await this.#readDigest()
    if (digest !== this.#digest) this.#note(given, `was refused (${status}) and changed data`)
    this.#digest = digest
  }

  #note({ method, path, headers, body }: HostileRequest, offence: string): void {
    const sent = JSON.stringify({ headers, body: String(body).slice(0, 300) })
    this.offences.push(`${method} ${path.slice(0, 300)} ${sent.slice(0, 500)} ${offence}`)
  }

  /** Whatever a write changes, it changes a bucket's revision, or the list of buckets. */
  async #readDigest(): Promise<string> {
    const { body } = await this.#send({
      method: 'GET',
      path: '/v1/buckets?limit=1000',
      headers: {},
    })
    return body.toString()
  }

  #send({ method, path, headers, body = '' }: HostileRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(this.#url + path, {
        method,
        agent: this.#agent,
        headers: {
          // Agents send it, and without it nothing would get as far as their messages.
          ...(path === '/mcp' && { accept: 'application/json, text/event-stream' }),
          ...headers,
          authorization: 'Bearer root',
          'kvasir-project': `${this.#name}-${this.#project}`,
          ...(body.length > 0 && { 'content-length': Buffer.byteLength(body) }),
        },
      })
      sent.once('error', reject)
      sent.once('response', (response) => {
        const head = { status: response.statusCode ?? 0, headers: response.headers }
        if (response.headers['content-type'] === 'text/event-stream') {
          sent.destroy()
          resolve({ ...head, body: Buffer.alloc(0) })
          return
        }
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => resolve({ ...head, body: Buffer.concat(chunks) }))
      })
      sent.end(body)
    })
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

async function undescribed({ method, path }: HostileRequest, answer: Answer): Promise<string[]> {
  const hasBody = answer.body.length > 0 && answer.status !== 304
  const type = String(answer.headers['content-type'] ?? '')
  const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
  const response = new Response(hasBody ? new Uint8Array(answer.body) : null, {
    status: answer.status === 0 ? 599 : answer.status,
    headers,
  })
  // As the server understands it: a name that is a dot leads somewhere else.
  const { pathname, search } = new URL(path, 'http://server')
  return findUndescribed(`${method} ${pathname}${search}`, response)
}

/** An attack may give a bucket a limit, and then meets it; the document says so. */
function isQuota({ status, body }: Answer): boolean {
  return status === 507 && body.includes('"KV_QUOTA_EXCEEDED"')
}
