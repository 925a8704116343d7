import { describe, expect, it } from 'vitest'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'
import { tokens } from '../http/open-app.ts'
import { startServedProcess } from './served-process.ts'
import { streamGrowthBytesMax } from './stream-growth.ts'
import { Subscriber } from './subscriber.ts'

const subscribers = scaled({ short: 100, long: 1000 })
const stalledOnes = subscribers / 10
const events = scaled({ short: 1000, long: 5000 })
/** So many of them before anybody stalls, for what a server sets up but once. */
const warmUp = events / 10
const perCommit = 50
const timeouts = isLong ? {} : { stallMs: 1000, checkingMs: 100 }

/** Large enough for what the system buffers to be full before the end. */
const value = 'x'.repeat(Math.ceil(7_000_000 / events))

const watch = { path: '/v1/buckets/default/watch', token: 'shop' }

async function put(url: string, from: number): Promise<void> {
  const operations = Array.from({ length: perCommit }, (_, index) => {
    return { op: 'put', key: `key-${from + index}`, value }
  })
  const response = await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: 'Bearer shop', 'content-type': 'application/json' },
    body: JSON.stringify({ operations }),
  })
  await response.arrayBuffer()
  expect(response.status).toBe(200)
}

function toMiB(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}

describe('subscribers of which a tenth do not read', () => {
  it('all get every event once and in order, but for those, which are cut', async () => {
    const { url, memory, peak } = await startServedProcess({ tokens, timeouts })
    const all = Array.from({ length: subscribers }, () => new Subscriber(url, watch))
    await Promise.all(all.map(({ ready }) => ready))
    const [stalled, healthy] = [all.slice(0, stalledOnes), all.slice(stalledOnes)]
    for (let from = 0; from < warmUp; from += perCommit) await put(url, from)
    await Promise.all(all.map((each) => each.until(warmUp)))
    for (const each of stalled) each.stall()
    const before = await memory()
    const startMs = performance.now()

    let peakBytes = 0
    for (let from = warmUp; from < events; from += perCommit) {
      await put(url, from)
      peakBytes = Math.max(peakBytes, (await peak()).rssBytes)
    }
    await Promise.all(healthy.map((each) => each.until(events)))
    const deliveredMs = performance.now() - startMs
    await Promise.all(stalled.map((each) => each.untilReset()))
    const cutMs = performance.now() - startMs

    const after = await memory()
    const growthBytes = after.rssBytes - before.rssBytes
    reportFigure('subscribers, a tenth stalled', {
      subscribers,
      stalled: stalled.length,
      events,
      delivered: healthy.length * events,
      deliveredMs: Math.round(deliveredMs),
      lastStalledCutMs: Math.round(cutMs),
      rssGrowthMiB: toMiB(growthBytes),
      rssPeakGrowthMiB: toMiB(peakBytes - before.rssBytes),
    })
    expect(healthy.map(({ offences, last }) => [offences, last])).toEqual(
      healthy.map(() => [0, events]),
    )
    if (isLong) expect(growthBytes).toBeLessThan(streamGrowthBytesMax)
    for (const each of healthy) each.destroy()
  })
})
