import { describe, expect, it } from 'vitest'
import { type Served, serveFiles } from './function-harness.ts'

// Long enough for a busy machine to be far from its end in both units.
const files = {
  'ttl.js': `module.exports = async (req, res) => {
    const ttl = 3_000_000
    await kv.set('set', 1, ttl)
    await kv.set('options', 1, { ttl })
    await kv.setMany([{ key: 'many', value: 1, ttl }])
    await kv.increment('count', 1, { ttl })
    await kv.update('update', () => 1, { ttl })
    await kv.getOrSet('made', () => 1, { ttl })
    await kv.set('expire', 1)
    await kv.expire('expire', ttl)
    const { resetAt } = await kv.rateLimit('limit', { limit: 1, window: ttl })
    const minutes = { window: Math.ceil((resetAt - Date.now()) / 60_000) }
    for await (const key of kv.keys()) minutes[key] = Math.ceil((await kv.ttl(key)) / 60_000)
    res.json(minutes)
  }`,
  'text.js': `module.exports = async (req, res) => {
    await kv.set('text', 1, '1h')
    await storage.kvStore.put('record', { a: 1 }, { ttl: 3600 })
    const keys = ['text', 'record']
    res.json(await Promise.all(keys.map(async (key) => Math.ceil((await kv.ttl(key)) / 60_000))))
  }`,
  'lock.js': `module.exports = async (req, res) => {
    await kv.lock('till', { ttl: 40 })
    await sleep(50)
    res.json({ isHeld: (await kv.lock('till', { ttl: 40 })) === null })
  }`,
  'zero.js': `module.exports = async (req, res) => {
    const error = await kv.set('zero', 1, 0).catch((error) => error)
    res.json({ code: error.code, has: await kv.has('zero') })
  }`,
}

const everywhere = ['set', 'options', 'many', 'count', 'update', 'made', 'expire', 'window']

async function bodiesOf({ ask }: Served): Promise<unknown[]> {
  const bodies: unknown[] = []
  // One after the other, because the first tells of all keys that there are.
  for (const name of Object.keys(files)) bodies.push((await ask(`/${name.slice(0, -3)}`)).body)
  return bodies
}

function minutes(count: number): Record<string, number> {
  return Object.fromEntries(everywhere.map((name) => [name, count]))
}

describe('a bare number where kv takes a duration', () => {
  const others = [[60, 60], { code: 'KV_INVALID_TTL', has: false }]

  it('is milliseconds unless the settings say otherwise', async () => {
    const [ttls, text, lock, zero] = await bodiesOf(await serveFiles(files))

    expect(ttls).toEqual(minutes(50))
    expect(lock).toEqual({ isHeld: false })
    expect([text, zero]).toEqual(others)
  })

  it('is seconds with the ttlUnit "s", while text means the same and ttl() stays in ms', async () => {
    const settings = { 'kvasir.json': JSON.stringify({ ttlUnit: 's' }) }

    const [ttls, text, lock, zero] = await bodiesOf(await serveFiles({ ...files, ...settings }))

    expect(ttls).toEqual(minutes(50_000))
    expect(lock).toEqual({ isHeld: true })
    expect([text, zero]).toEqual(others)
  })
})
