/** Load for servers that are told to stop: what becomes of every request is told. */
import { Agent, request } from 'node:http'
import { RawSocket } from '../http/raw-socket.ts'

/** Writers that keep their connection, and others that make a new one for every request. */
const writers = [...Array<boolean>(8).fill(true), false, false]

/** How many of them make new connections. */
export const connectingWriters = writers.filter((isKept) => !isKept).length

export interface Outcome {
  readonly acknowledged: string[]
  /** The codes of the errors that requests met, the port being closed apart. */
  readonly failures: string[]
  refused: number
  /**
   * Keys whose connection was made in the moment in which the port closed: the system resets those
   * that wait to be taken, and no server can do anything about it. One for each writer that makes
   * new connections, at most, and nothing of the request has been seen.
   */
  readonly untaken: string[]
}

export interface Target {
  readonly url: string
  readonly token: string
}

function put({ url, token }: Target, key: string, agent: Agent | false): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/buckets/default/keys/${key}`, {
      method: 'PUT',
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'text/plain',
        'content-length': key.length,
      },
    })
    sent.once('error', (error) => {
      const isUntaken = agent === false && sent.socket?.bytesRead === 0
      reject(Object.assign(error, { isUntaken }))
    })
    sent.once('response', (answer) => {
      answer.once('error', reject)
      answer.once('end', () => resolve(answer.statusCode ?? 0))
      answer.resume()
    })
    sent.end(key)
  })
}

/** Writes one key after another until the server takes no more. */
async function write(target: Target, names: { prefix: string; isKept: boolean }, to: Outcome) {
  const agent = names.isKept && new Agent({ keepAlive: true, maxSockets: 1 })
  for (let turn = 0; ; turn++) {
    const key = `${names.prefix}-${turn}`
    try {
      const status = await put(target, key, agent)
      if (status === 201) to.acknowledged.push(key)
      else if (status !== 503) to.failures.push(String(status))
    } catch (error) {
      const { code, isUntaken } = error as { code?: string; isUntaken?: boolean }
      if (code === 'ECONNREFUSED') {
        to.refused++
        return
      }
      if (code === 'ECONNRESET' && isUntaken) to.untaken.push(key)
      else to.failures.push(code ?? String(error))
    }
  }
}

/** Puts a server under load until it takes no more connections. */
export async function startLoad(target: Target, name: string): Promise<Outcome> {
  const outcome: Outcome = { acknowledged: [], failures: [], refused: 0, untaken: [] }
  await Promise.all(
    writers.map((isKept, index) => write(target, { prefix: `${name}-${index}`, isKept }, outcome)),
  )
  return outcome
}

/** How a watch ends that was open when the server was told to stop. */
export async function watchToTheEnd({ url, token }: Target): Promise<string> {
  const socket = await RawSocket.open(url)
  const head = `Host: kv.test\r\nAuthorization: Bearer ${token}\r\n\r\n`
  socket.write(`GET /v1/buckets/default/watch HTTP/1.1\r\n${head}`)
  const text = await socket.until('\r\n0\r\n\r\n')
  socket.destroy()
  return text.slice(-40)
}
