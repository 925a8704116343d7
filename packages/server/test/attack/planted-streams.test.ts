import { describe, expect, it } from 'vitest'
import { tokens } from '../http/open-app.ts'
import { startServedProcess } from './served-process.ts'
import { streamGrowthBytesMax } from './stream-growth.ts'
import { Subscriber } from './subscriber.ts'

const stalledOnes = 20
const batches = 30
const perCommit = 50
const value = 'x'.repeat(7000)
const watch = { path: '/v1/buckets/default/watch', token: 'shop' }
/** Nobody is cut, so that only what is kept for them counts. */
const timeouts = { stallMs: 600_000 }

async function put(url: string): Promise<void> {
  const operations = Array.from({ length: perCommit }, (_, index) => {
    return { op: 'put', key: `key-${index}`, value }
  })
  const response = await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: 'Bearer shop', 'content-type': 'application/json' },
    body: JSON.stringify({ operations }),
  })
  await response.arrayBuffer()
}

/** What a server takes up more once subscribers do not read what it has to tell. */
async function growthOf(hasGreedyStreams: boolean): Promise<number> {
  const { url, memory } = await startServedProcess({ tokens, timeouts, hasGreedyStreams })
  const all = Array.from({ length: stalledOnes }, () => new Subscriber(url, watch))
  await Promise.all(all.map(({ ready }) => ready))
  await put(url)
  await Promise.all(all.map((each) => each.until(perCommit)))
  for (const each of all) each.stall()
  const before = await memory()
  for (let batch = 1; batch < batches; batch++) await put(url)
  const after = await memory()
  for (const each of all) each.destroy()
  return after.usedBytes - before.usedBytes
}

describe('the measuring of what streams keep for those who do not read', () => {
  it('finds a server that keeps all of it, and none in one that waits', async () => {
    expect(await growthOf(true)).toBeGreaterThan(streamGrowthBytesMax)
    expect(await growthOf(false)).toBeLessThan(streamGrowthBytesMax)
  })
})
