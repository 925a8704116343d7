import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'
import { tokens } from '../http/open-app.ts'
import { RawSocket } from '../http/raw-socket.ts'
import { SocketClient } from '../socket/socket-client.ts'
import { percentile } from './percentile.ts'
import { startServedProcess } from './served-process.ts'

const attackers = scaled({ short: 30, long: 200 })
const goal = { cutMs: 10_000, p99Ms: 50 }
// The short form has no time for the defaults, which the long one is about.
const timeouts = isLong ? {} : { headersMs: 3000, stallMs: 2000, checkingMs: 100 }

const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\n'
const key = '/v1/buckets/default/keys'

const kinds = {
  /** Sends a byte of its headers now and then. */
  slowHeaders: async (url: string) => {
    const socket = await RawSocket.open(url)
    socket.write('GET /livez HTTP/1.1\r\nHost: kv.test\r\nX: ')
    return trickle(socket)
  },
  /** Sends a byte of its body now and then. */
  slowBody: async (url: string) => {
    const socket = await RawSocket.open(url)
    const type = 'Content-Type: text/plain\r\nContent-Length: 100000\r\n'
    socket.write(`PUT ${key}/slow HTTP/1.1\r\n${head}${type}\r\n`)
    return trickle(socket)
  },
  /** Asks for a large value and takes nothing of it. */
  slowReader: async (url: string) => {
    const socket = await RawSocket.open(url, { isReading: false })
    socket.write(`GET ${key}/large HTTP/1.1\r\n${head}\r\n`)
    return () => socket.untilReset()
  },
  /** Opens a socket and does not say who it is. */
  slowHello: async (url: string) => {
    const client = await SocketClient.open(url)
    return async () => void (await client.closed)
  },
  /** Asks over a socket for more than the system's buffers hold, and takes nothing of it. */
  slowSocket: async (url: string) => {
    const client = await SocketClient.greeted(url, 'shop')
    client.stall()
    client.send([1, 2, 3, 4].map((id) => [id, 'get', ['default', 'default', 'large']]))
    const probe = setInterval(() => client.sendBytes(emptyFrame), 200)
    await client.gone()
    clearInterval(probe)
    return async () => undefined
  },
}

const emptyFrame = Buffer.from('\x02\0\0\0[]')

function trickle(socket: RawSocket): () => Promise<void> {
  const timer = setInterval(() => socket.write('x'), 200)
  return async () => {
    await socket.untilClosed()
    clearInterval(timer)
  }
}

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

describe('clients that are as slow as they can be', () => {
  it('are all cut within ten seconds, while everybody else is answered as ever', async () => {
    const { url, isAlive } = await startServedProcess({ tokens, timeouts })
    const headers = {
      authorization: 'Bearer shop',
      'content-type': 'application/octet-stream',
    }
    const body = new Uint8Array(8 * 1024 * 1024)
    await fetch(`${url}${key}/large`, { method: 'PUT', headers, body })
    await fetch(`${url}${key}/healthy`, { method: 'PUT', headers, body: 'hello' })
    const over = new AbortController()

    const healthy = Promise.all([measure(url, over.signal), measure(url, over.signal)])
    const attacks = Object.values(kinds).flatMap((attack) =>
      Array.from({ length: attackers / 5 }, async () => {
        const startMs = performance.now()
        const untilCut = await attack(url)
        await untilCut()
        return performance.now() - startMs
      }),
    )
    const cutMs = await Promise.all(attacks)
    over.abort()
    const measured = (await healthy).flat()
    const durations = measured.map(({ durationMs }) => durationMs)

    const slow = await fetch(`${url}${key}/slow`, { headers })
    const figures = {
      connections: cutMs.length,
      lastCutMs: Math.round(Math.max(...cutMs)),
      healthyRequests: durations.length,
      healthyP99Ms: Number(percentile(durations, 99).toFixed(1)),
    }
    reportFigure('slow clients', figures)
    expect(cutMs).toHaveLength(attackers)
    expect(slow.status).toBe(404)
    expect(isAlive()).toBe(true)
    expect(durations.length).toBeGreaterThan(10)
    expect(measured.filter(({ status }) => status !== 200)).toEqual([])
    if (!isLong) return
    expect(figures.lastCutMs).toBeLessThan(goal.cutMs)
    expect(figures.healthyP99Ms).toBeLessThan(goal.p99Ms)
  })
})
