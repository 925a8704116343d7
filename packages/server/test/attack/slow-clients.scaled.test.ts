import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'
import { tokens } from '../http/open-app.ts'
import { percentile } from './percentile.ts'
import { startServedProcess } from './served-process.ts'
import { startSlowClients } from './slow-clients.ts'

const attackers = scaled({ short: 30, long: 200 })
/** How long everybody else is measured before there are any. */
const baselineMs = scaled({ short: 500, long: 8000 })
const goal = { cutMs: 10_000, p99Ms: 50 }
// The short form has no time for the defaults, which the long one is about.
const timeouts = isLong ? {} : { headersMs: 3000, stallMs: 2000, checkingMs: 100 }

const key = '/v1/buckets/default/keys'
/** More than the system's buffers hold for a client that takes nothing. */
const largeBytes = 4 * 1024 * 1024

interface Measured {
  readonly status: number
  readonly durationMs: number
}

/** Measures requests one after another until it is told to stop. */
async function measure(url: string, signal: AbortSignal): Promise<Measured[]> {
  const headers = { authorization: 'Bearer shop', 'content-type': 'text/plain' }
  const measured: Measured[] = []
  for (let turn = 0; !signal.aborted; turn++) {
    const startMs = performance.now()
    const method = turn % 4 === 0 ? { method: 'PUT', body: 'hello' } : {}
    const response = await fetch(`${url}${key}/healthy`, { headers, ...method })
    await response.arrayBuffer()
    measured.push({ status: response.status, durationMs: performance.now() - startMs })
    await sleep(5)
  }
  return measured
}

/** As `measure`, two at a time. */
async function measureWith(signal: AbortSignal, url: string): Promise<Measured[]> {
  return (await Promise.all([measure(url, signal), measure(url, signal)])).flat()
}

function measureFor(durationMs: number, url: string): Promise<Measured[]> {
  return measureWith(AbortSignal.timeout(durationMs), url)
}

function p99Of(measured: readonly Measured[]): number {
  const durations = measured.map(({ durationMs }) => durationMs)
  return Number(percentile(durations, 99).toFixed(1))
}

describe('clients that are as slow as they can be', () => {
  it('are all cut within ten seconds, while everybody else is answered as ever', async () => {
    const { url, isAlive } = await startServedProcess({ tokens, timeouts })
    const headers = {
      authorization: 'Bearer shop',
      'content-type': 'application/octet-stream',
    }
    const body = new Uint8Array(largeBytes)
    await fetch(`${url}${key}/large`, { method: 'PUT', headers, body })
    await fetch(`${url}${key}/healthy`, { method: 'PUT', headers, body: 'hello' })
    const slowClients = await startSlowClients(url, attackers)
    const before = await measureFor(baselineMs, url)
    const over = new AbortController()

    const healthy = measureWith(over.signal, url)
    const cutMs = await slowClients.untilCut()
    over.abort()
    const measured = await healthy

    const slow = await fetch(`${url}${key}/slow`, { headers })
    const figures = {
      connections: cutMs.length,
      lastCutMs: Math.round(Math.max(...cutMs)),
      healthyRequests: measured.length,
      healthyP99Ms: p99Of(measured),
      healthyP99BeforeMs: p99Of(before),
    }
    reportFigure('slow clients', figures)
    expect(cutMs).toHaveLength(attackers)
    expect(slow.status).toBe(404)
    expect(isAlive()).toBe(true)
    expect(measured.length).toBeGreaterThan(10)
    expect([...before, ...measured].filter(({ status }) => status !== 200)).toEqual([])
    if (!isLong) return
    expect(figures.lastCutMs).toBeLessThan(goal.cutMs)
    expect(figures.healthyP99Ms).toBeLessThan(goal.p99Ms)
  })
})
