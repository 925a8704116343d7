import { describe, expect, it } from 'vitest'
import { tokens } from '../http/open-app.ts'
import { discard } from './discard.ts'
import { startServedProcess } from './served-process.ts'

const heapMiB = 128
const json = { 'content-type': 'application/json' }

function batch(url: string, { values, kilobytes }: { values: number; kilobytes: number }) {
  const value = 'x'.repeat(kilobytes * 1024)
  const operations = Array.from({ length: values }, (_, index) => {
    return { op: 'put', key: `many-${index}`, value }
  })
  const body = JSON.stringify({ operations })
  return discard(`${url}/v1/batch`, { method: 'POST', body, headers: json })
}

/** Stands for the answer of one who was still sending when it came and the connection was closed. */
const cut = 0

function toCut(error: NodeJS.ErrnoException): { status: number } {
  expect(['ECONNRESET', 'EPIPE']).toContain(error.code)
  return { status: cut }
}

describe('a server with little memory', { timeout: 120_000 }, () => {
  it('outlives large bodies that come at once, and refuses those it has no room for', async () => {
    const server = await startServedProcess({ tokens, heapMiB })

    const burst = Array.from({ length: 12 }, () =>
      batch(server.url, { values: 30, kilobytes: 900 }).catch(toCut),
    )
    const statuses = (await Promise.all(burst)).map(({ status }) => status)
    const single = await batch(server.url, { values: 30, kilobytes: 900 })
    const tooLarge = await batch(server.url, { values: 60, kilobytes: 900 }).catch(toCut)

    expect(statuses).toContain(200)
    expect(statuses.some((status) => status !== 200)).toBe(true)
    expect(statuses.filter((status) => ![200, 503, cut].includes(status))).toEqual([])
    expect(single.status).toBe(200)
    expect([413, cut]).toContain(tooLarge.status)
    expect(server.isAlive()).toBe(true)
  })
})
