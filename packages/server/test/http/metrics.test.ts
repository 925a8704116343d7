import { AnswerBudget, StreamCount, startServer } from '@kvasir/server'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/metrics/server-metrics.ts'
import { openApp } from './open-app.ts'

const root = { headers: { authorization: 'Bearer root' } }

async function figuresOf({ request }: Pick<ReturnType<typeof openApp>, 'request'>) {
  const text = await (await request('/metrics', root)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => line.split(/ (?=\S+$)/) as [string, string]))
}

describe('the figures of a server', () => {
  it('count requests by the pattern of their route, method and status', async () => {
    const opened = openApp()
    await opened.send('PUT /v1/buckets/default/keys/ada', 1)
    await opened.request('/v1/buckets/default/keys/ada')
    await opened.request('/v1/buckets/default/keys/bob')
    await opened.request('/nowhere')

    const figures = await figuresOf(opened)

    const key = 'route="/v1/buckets/:bucket/keys/:key"'
    const name = 'kvasir_http_requests_total'
    expect(figures.get(`${name}{${key},method="PUT",status="201"}`)).toBe('1')
    expect(figures.get(`${name}{${key},method="GET",status="200"}`)).toBe('1')
    expect(figures.get(`${name}{${key},method="GET",status="404"}`)).toBe('1')
    expect(figures.get(`${name}{route="none",method="GET",status="404"}`)).toBe('1')
    const count = `kvasir_http_request_duration_seconds_count{${key},method="GET"}`
    expect(figures.get(count)).toBe('2')
  })

  it('tell of connections and streams that are open, refused and cut', async () => {
    const metrics = createMetrics()
    const opened = openApp({ metrics, streams: new StreamCount({ streamsMax: 1 }, metrics) })
    const server = await startServer({
      app: opened.app,
      host: '127.0.0.1',
      port: 0,
      figures: metrics,
    })
    await (await fetch(`${server.url}/livez`)).text()
    const stream = await opened.request('/v1/buckets/default/watch')
    await opened.request('/v1/buckets/default/watch')

    const figures = await figuresOf(opened)

    expect(figures.get('kvasir_connections_total')).toBe('1')
    expect(figures.get('kvasir_connections')).toBe('1')
    expect(figures.get('kvasir_streams')).toBe('1')
    expect(figures.get('kvasir_streams_refused_total{reason="streams"}')).toBe('1')
    await stream.body?.cancel()
    await server.close({ graceMs: 0 })
    const isOpen = async (name: string) => (await figuresOf(opened)).get(name)
    await expect.poll(() => isOpen('kvasir_streams')).toBe('0')
    await expect.poll(() => isOpen('kvasir_connections')).toBe('0')
  })

  it('tell of what answers take, of those refused, and of what the engine has counted', async () => {
    const hotEntries = { hits: 7, misses: 3, bytes: 1000, bytesMax: 5000 }
    const metrics = createMetrics({ engine: { figures: () => ({ hotEntries }) } })
    const answers = new AnswerBudget(16 * 1024 * 1024, metrics)
    const opened = openApp({ metrics, answers })
    await answers.share().reading(async (onValue) => onValue(16 * 1024 * 1024))
    await opened.send('PUT /v1/buckets/default/keys/a', 'x'.repeat(100_000).split(''))

    const refused = await opened.request('/v1/buckets/default/keys/a')
    const figures = await figuresOf(opened)

    expect(refused.status).toBe(503)
    expect(figures.get('kvasir_answer_bytes')).toBe(String(16 * 1024 * 1024 - 64 * 1024))
    expect(figures.get('kvasir_answers_waited_total')).toBe('1')
    expect(figures.get('kvasir_answers_refused_total')).toBe('1')
    expect(figures.get('kvasir_hot_entry_reads_total{result="hit"}')).toBe('7')
    expect(figures.get('kvasir_hot_entry_reads_total{result="miss"}')).toBe('3')
    expect(figures.get('kvasir_hot_entry_bytes')).toBe('1000')
    expect(figures.get('kvasir_hot_entry_bytes_max')).toBe('5000')
  })

  it('tell of the process when asked to', async () => {
    const figures = await figuresOf(openApp({ metrics: createMetrics({ ofProcess: true }) }))

    expect(Number(figures.get('process_resident_memory_bytes'))).toBeGreaterThan(1e6)
  })

  it('have no more lines however many keys, buckets and methods are asked for', async () => {
    const opened = openApp()
    const ask = async (name: string) => {
      await opened.request(`/v1/buckets/${name}/keys/${name}`)
      await opened.request(`/${name}`)
      await opened.app.request('/livez', { method: `X${name.toUpperCase()}` })
    }
    await ask('aaaa')
    const before = (await figuresOf(opened)).size

    await Promise.all(['bbbb', 'cccc', 'dddd'].map(ask))

    const after = await figuresOf(opened)
    expect(before).toBeGreaterThan(0)
    // What was added counts the request for the figures themselves.
    const added = [...after.keys()].filter((line) => !line.includes('/metrics'))
    expect(added).toHaveLength(before)
    expect([...after.keys()].join()).not.toMatch(/aaaa|bbbb/)
  })

  it.each([
    ['no token', {}, 401],
    ['a token of one project with the scope', { authorization: 'Bearer shopMetrics' }, 403],
    ['a token without the scope', { authorization: 'Bearer shop' }, 403],
    ['a token for all projects with the scope', { authorization: 'Bearer root' }, 200],
  ])('are given to %s: %s %i', async (_, headers, status) => {
    const { app } = openApp()

    expect((await app.request('/metrics', { headers })).status).toBe(status)
  })
})
