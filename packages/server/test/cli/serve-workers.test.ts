import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { kvasir, newDataDirectory } from './command-harness.ts'
import { type Program, runProgram, startServing } from './process-harness.ts'

type Serving = Program & { readonly url: string }

interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function serveWithTwo(options: readonly string[] = []): Promise<Serving> {
  const data = await newDataDirectory()
  const logged = ['--no-auth', '--log-level', 'info', '--grace', '3s']
  return startServing(data, ['--workers', '2', ...logged, ...options])
}

/** Asks on a connection of its own, which goes to the next worker. */
function ask({ url }: Serving, { path, method = 'GET', headers = {}, body }: Asked) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const given = { 'content-type': 'application/json', ...headers }
    const asking = request(url, { path, method, headers: given, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

const keyPath = '/v1/buckets/default/keys/a'

interface LogLine {
  readonly pid: number
  readonly msg: string
  readonly worker?: number
}

function logOf({ stderr }: Program): LogLine[] {
  const lines = stderr().split('\n')
  return lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []))
}

const patience = { timeout: 20_000, interval: 50 }

/** The workers that have answered requests, once there are so many. */
async function workersThatAnswer(serving: Serving, atLeast: number): Promise<number[]> {
  return vi.waitFor(async () => {
    await ask(serving, { path: '/livez' })
    const pids = new Set(logOf(serving).flatMap(({ pid, msg }) => (msg === 'request' ? pid : [])))
    expect(pids.size).toBeGreaterThanOrEqual(atLeast)
    return [...pids]
  }, patience)
}

/** Opens a watch, and answers what it has told up to a text. */
async function openWatch({ url }: Serving) {
  const watching = request(url, { path: '/v1/buckets/default/watch', agent: false })
  watching.end()
  const [response] = await once(watching, 'response')
  let told = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk
  })
  const until = async (text: string): Promise<void> => {
    while (!told.includes(text)) await once(response, 'data')
  }
  await until('event: ready')
  return { until, close: () => watching.destroy() }
}

describe('kvasir serve --workers', () => {
  it('answers on one port from several processes, which have one store', async () => {
    const serving = await serveWithTwo()
    const pids = await workersThatAnswer(serving, 2)

    const put = await ask(serving, { path: keyPath, method: 'PUT', body: '1' })
    const reads = [await ask(serving, { path: keyPath }), await ask(serving, { path: keyPath })]
    const ready = [await ask(serving, { path: '/readyz' }), await ask(serving, { path: '/readyz' })]

    expect(pids).toHaveLength(2)
    expect(put.status).toBe(201)
    expect(reads.map(({ text }) => text)).toEqual(['1', '1'])
    expect(ready.map(({ status }) => status)).toEqual([200, 200])
  })

  it('applies a repeated write once, whichever worker it comes to', async () => {
    const serving = await serveWithTwo()
    const increment = {
      path: '/v1/batch',
      method: 'POST',
      headers: { 'idempotency-key': 'client.1' },
      body: '{"bucket":"default","operations":[{"op":"increment","key":"a","by":1}]}',
    }

    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(serving, increment)))

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect((await ask(serving, { path: keyPath })).text).toBe('1')
  })

  it('tells watches of what other workers write', async () => {
    const serving = await serveWithTwo()
    const watches = [await openWatch(serving), await openWatch(serving)]

    await ask(serving, { path: keyPath, method: 'PUT', body: '"seen"' })

    for (const watch of watches) {
      await watch.until('"value":"seen"')
      watch.close()
    }
  })

  it('adds up the figures of all workers', async () => {
    const serving = await serveWithTwo()
    await workersThatAnswer(serving, 2)
    await ask(serving, { path: keyPath, method: 'PUT', body: '1' })
    for (let reads = 0; reads < 6; reads++) await ask(serving, { path: keyPath })

    const { text } = await ask(serving, { path: '/metrics' })

    const route = '/v1/buckets/:bucket/keys/:key'
    const counted = `kvasir_http_requests_total{route="${route}",method="GET",status="200"} 6`
    expect(text).toContain(counted)
  })

  it('puts another worker in the place of one that was killed, and says so', async () => {
    const serving = await serveWithTwo()
    const [killed = 0] = await workersThatAnswer(serving, 2)
    await ask(serving, { path: keyPath, method: 'PUT', body: '7' })

    process.kill(killed, 'SIGKILL')
    await serving.until('another takes its place')
    const pids = await workersThatAnswer(serving, 3)

    expect(logOf(serving)).toContainEqual(expect.objectContaining({ worker: killed }))
    expect(pids).toHaveLength(3)
    expect((await ask(serving, { path: keyPath })).text).toBe('7')
  })

  it('ends with 0 once its workers have answered what was under way', async () => {
    const serving = await serveWithTwo()
    const pids = await workersThatAnswer(serving, 2)
    const headers = { 'content-length': '4', expect: '100-continue', 'content-type': 'text/plain' }
    const put = request(serving.url, { path: keyPath, method: 'PUT', headers, agent: false })
    put.flushHeaders()
    await once(put, 'continue')

    serving.child.kill('SIGTERM')
    await serving.until('Stopping')
    put.end('late')
    const [{ statusCode }] = await once(put, 'response')
    const { exitCode } = await serving.ended

    expect(statusCode).toBe(201)
    expect(exitCode).toBe(0)
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('says once what keeps its workers from starting', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const data = await newDataDirectory()

    const args = ['serve', '--data', data, '--port', String(port), '--no-auth', '--workers', '2']
    const { exitCode, stderr } = await runProgram(args)
    taken.close()

    expect(exitCode).not.toBe(0)
    expect(stderr.match(/KV_PORT_IN_USE/g)).toHaveLength(1)
  })

  it('serves no memory, and no number of workers that is none', async () => {
    const memory = await runProgram(['serve', '--data', 'memory:', '--workers', '2'])
    const none = await runProgram(['serve', '--data', 'memory:', '--workers', '0'])
    const many = await runProgram(['serve', '--data', 'memory:', '--workers', '65'])

    for (const { exitCode, stderr } of [memory, none, many]) {
      expect(exitCode).toBe(2)
      expect(stderr).toContain('KV_INVALID_ARGUMENT')
    }
  })

  it('says that it keeps no values in memory to whoever gives it room for them', async () => {
    const args = ['serve', '--data', await newDataDirectory(), '--port', '0', '--workers', '2']
    const byFlag = await kvasir([...args, '--cache-bytes', '1000000'])
    const byVariable = await kvasir(args, { env: { KVASIR_CACHE_BYTES: '1000000' } })

    for (const { exitCode, stdout, stderr } of [byFlag, byVariable]) {
      expect(exitCode).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain('Leave --cache-bytes (KVASIR_CACHE_BYTES) out')
    }
  })

  it('is told to keep none without objection', async () => {
    const { url } = await serveWithTwo(['--cache-bytes', '0'])

    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })
})
