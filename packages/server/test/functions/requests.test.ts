import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { hostFiles, json, problem } from './function-harness.ts'

const files = {
  'kvasir.json': '{ "bodyLimit": "1kb", "ttlUnit": "s", "project": "shop" }',
  'echo.js': `module.exports = (req, res) => {
    const { method, body, query, cookies, path } = req
    res.json({ method, body, query, cookies, path })
  }`,
  'raw.js': `module.exports = async (req, res) => {
    let length = 0
    for await (const chunk of req) length += chunk.length
    res.type('text/plain').send(String(length))
  }`,
  'express.js': `module.exports = (req, res) => {
    res.cookie('seen', 'yes', { httpOnly: true })
    res.set({ 'X-Own': '1' }).status(201).send('made for ' + req.ip)
  }
  module.exports.away = (req, res) => res.redirect('/echo')
  module.exports.large = (req, res) => res.json({ text: 'x'.repeat(200000) })`,
  'store.js': `module.exports = async (req, res) => {
    await kv.set('short', 'lived', 90)
    await kv.setMany([{ key: 'a', value: 1 }, { key: 'b', value: 2 }])
    const many = await kv.getMany(['a', 'b', 'c'])
    await storage.kvStore.put('record', { name: 'Ada' })
    const record = await storage.kvStore.get('record')
    const flow = await flows.call('kv-key-get', { bucket: 'default', key: 'a' })
    await sleep(1)
    res.json({ ttl: await kv.ttl('short'), many, record, flow: flow.result ?? flow, id: crypto.randomUUID().length,
      globals: [typeof fetch, typeof console.log] })
    await kv.set('after', 1)
  }
  module.exports.none = (req, res) => res.json({})
  module.exports.race = async (req, res) => {
    for (let i = 0; i < Number(req.query.n); i += 1) {
      await sleep(1)
      await kv.get('a')
    }
    res.json({})
  }`,
}

const expressAt = createRequire(import.meta.url).resolve('express')

describe('a request to a function', () => {
  it('has its body, query and cookies as Express has them, and none of them missing', async () => {
    const { ask } = await hostFiles(files)
    const text = { 'content-type': 'text/plain' }
    const form = { 'content-type': 'application/x-www-form-urlencoded' }

    expect((await ask('/echo?a=1&a=2')).body).toEqual({
      method: 'GET',
      body: {},
      query: { a: ['1', '2'] },
      cookies: {},
      path: '/echo',
    })
    expect((await ask('/echo', json({ deep: [1] }))).body).toMatchObject({ body: { deep: [1] } })
    expect((await ask('/echo', json(null))).body).toMatchObject({ body: {} })
    expect((await ask('/echo', json('text', 'PUT'))).body).toMatchObject({ body: 'text' })
    expect(
      (await ask('/echo', { method: 'POST', headers: form, body: 'a=1&b[c]=2' })).body,
    ).toEqual(expect.objectContaining({ body: { a: '1', b: { c: '2' } } }))
    expect((await ask('/echo', { method: 'POST', headers: text, body: 'hi' })).body).toEqual(
      expect.objectContaining({ body: 'hi' }),
    )
    expect((await ask('/echo', { headers: { cookie: 'a=1; b=%C3%BC' } })).body).toEqual(
      expect.objectContaining({ cookies: { a: '1', b: 'ü' } }),
    )
    const bytes = { method: 'POST', body: new Uint8Array(5000) }
    expect((await ask('/raw', bytes)).body).toBe('5000')
  })

  it('is refused as JSON, with what to do, when its body is broken or too large', async () => {
    const { ask } = await hostFiles(files)
    const broken = { ...json(0), body: '{"a":' }
    const charset = { ...json(0), headers: { 'content-type': 'application/json; charset=x-none' } }

    expect(await ask('/echo', broken)).toEqual(problem(400, 'KV_MALFORMED_BODY', /JSON/))
    expect(await ask('/echo', json('x'.repeat(2000)))).toEqual(
      problem(413, 'KV_TOO_LARGE', /1024 bytes \("bodyLimit" in kvasir\.json\)/),
    )
    expect(await ask('/echo', charset)).toEqual(
      problem(415, 'KV_UNSUPPORTED_MEDIA_TYPE', /charset/),
    )
    expect((await ask('/echo', json({ well: true }))).status).toBe(200)
  })

  it('is answered with all that Express can answer', async () => {
    const { url } = await hostFiles(files)

    const made = await fetch(`${url}/express`)
    const away = await fetch(`${url}/express/away`, { redirect: 'manual' })
    const large = await fetch(`${url}/express/large`)

    expect([made.status, await made.text()]).toEqual([201, 'made for 127.0.0.1'])
    expect(made.headers.get('set-cookie')).toBe('seen=yes; Path=/; HttpOnly')
    expect(made.headers.get('x-own')).toBe('1')
    expect([away.status, away.headers.get('location')]).toEqual([302, '/echo'])
    expect(((await large.json()) as { text: string }).text).toHaveLength(200_000)
  })
})

describe('what Express does in a function', () => {
  it('answers as JSON, too, where a file is not there or no form is acceptable', async () => {
    const { ask } = await hostFiles({
      'file.js': "module.exports = (req, res) => res.sendFile(__dirname + '/none.txt')",
      'form.js': "module.exports = (req, res) => res.format({ 'image/png': () => res.end() })",
      'next.js': "module.exports = (req) => req.next(new Error('gave up'))",
    })

    expect(await ask('/file')).toEqual(problem(404, 'KV_ROUTE_NOT_FOUND', /"\/file"/))
    expect(await ask('/form', { headers: { accept: 'text/css' } })).toEqual(
      problem(406, 'KV_INVALID_ARGUMENT', /Not Acceptable/),
    )
    expect(await ask('/next')).toEqual(problem(500, 'KV_FUNCTION_FAILED', /next\.js failed/))
    expect((await ask('/next')).status).toBe(500)
  })

  it('may be routed by a router of its own, and goes back to the host where that ends', async () => {
    const { ask } = await hostFiles({
      'kvasir.json': '{ "basePath": "/base" }',
      'routed.js': `const router = require('express').Router()
        router.get('/routed/:id', (req, res) => res.json([req.params.id, req.baseUrl, req.originalUrl]))
        module.exports = (req, res) => router(req, res, req.next)`,
      'node_modules/express/index.js': `module.exports = require(${JSON.stringify(expressAt)})`,
    })

    expect((await ask('/BASE/routed/7?a')).body).toEqual(['7', '/BASE', '/BASE/routed/7?a'])
    expect(await ask('/base/routed')).toEqual(problem(404, 'KV_ROUTE_NOT_FOUND', /"\/routed"/))
    expect((await ask('/basement/routed/7')).status).toBe(404)
  })
})

describe('the store in a function', () => {
  it('is there under its global names, and what is read and written is counted', async () => {
    const { url, log } = await hostFiles(files)

    const response = await fetch(`${url}/store`)
    const body = (await response.json()) as Record<string, unknown>

    expect(body).toMatchObject({
      many: [1, 2, null],
      record: { name: 'Ada' },
      id: 36,
      globals: ['function', 'function'],
    })
    expect(JSON.stringify(body.flow)).toContain('"value":"1"')
    expect(body.ttl).toBeGreaterThan(80_000)
    // Three keys, the record, the flow and the TTL are read; three calls write four keys.
    const counts = ['kvasir-reads', 'kvasir-writes'].map((name) => response.headers.get(name))
    expect(counts).toEqual(['6', '4'])
    const line = log.find(({ path }) => path === '/store')
    expect(line).toMatchObject({ function: 'store.js', status: 200, reads: 6 })
    expect(line?.durationMs).toBeGreaterThan(0)
  })

  it('counts for each request apart, however many run at a time', async () => {
    const { url } = await hostFiles(files)

    const counts = [3, 0, 7, 1, 5, 2].map(async (n) => {
      const { headers } = await fetch(`${url}/store/race?n=${n}`)
      return [Number(headers.get('kvasir-reads')), n]
    })

    for (const [reads, n] of await Promise.all(counts)) expect(reads).toBe(n)
  })
})
