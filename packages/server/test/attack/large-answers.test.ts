import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { tokens } from '../http/open-app.ts'
import { SocketClient } from '../socket/socket-client.ts'
import { discard } from './discard.ts'
import { type ServedProcess, startServedProcess } from './served-process.ts'

const heapMiB = 256
const rssBytesMax = 1024 * 1024 * 1024
/** Requests of each kind. */
const atOnce = 5
const mebibyte = 1024 * 1024
const bucket = '/v1/buckets/default'
const json = { 'content-type': 'application/json' }

/** A server with little memory, and more to read than it has. */
async function startSmall(fault: { hasEndlessAnswers?: true } = {}): Promise<ServedProcess> {
  const server = await startServedProcess({ tokens, heapMiB, ...fault })
  const put = (key: string, body: string) =>
    discard(`${server.url}${bucket}/keys/${key}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'text/plain' },
    })
  await discard(`${server.url}${bucket}`, {
    method: 'PATCH',
    body: '{"history":16}',
    headers: json,
  })
  await put('small', 'hello')
  // Beyond Latin-1, so that each character takes two bytes of the heap.
  for (let round = 0; round < 8; round++) await put('large', '\u0416'.repeat(4 * mebibyte))
  for (let index = 0; index < 8; index++) await put(`many-${index}`, 'x'.repeat(4 * mebibyte))
  return server
}

function ask(url: string, key: string, count: number) {
  const body = JSON.stringify({ reads: Array.from({ length: count }, () => ({ key })) })
  return discard(`${url}/v1/read`, { method: 'POST', body, headers: json })
}

/** Writes to a key that gives it back each time, and so a thousand times. */
function giveBack(url: string) {
  const operations = Array.from({ length: 1000 }, () => {
    return { op: 'touch', key: 'large', ttl: '1h', previous: true }
  })
  const body = JSON.stringify({ operations })
  return discard(`${url}/v1/batch`, { method: 'POST', body, headers: json })
}

/** As many of each kind at a time. */
function burst(url: string, count: number) {
  const kinds = [
    () => ask(url, 'large', 1000),
    () => ask(url, 'many-1', 3),
    () => giveBack(url),
    () => discard(`${url}${bucket}/keys/large`),
    () => discard(`${url}${bucket}/keys?values=true&limit=1000`),
    () => discard(`${url}${bucket}/history?key=large`),
    () => discard(`${url}${bucket}/history?key=large&limit=2`),
  ]
  return Promise.all(kinds.flatMap((kind) => Array.from({ length: count }, kind)))
}

async function burstOverSocket(url: string): Promise<number[]> {
  const client = await SocketClient.greeted(url, 'shop')
  const ids = Array.from({ length: 12 }, (_, index) => index + 1)
  client.send(ids.map((id) => [id, 'get', ['default', 'default', 'large']]))
  for (const id of ids) await client.reply(id)
  client.close()
  return client.replies.map(({ status }) => status)
}

/** The answers to small requests, one after another, until it is told to stop. */
async function keepAsking(url: string, signal: AbortSignal): Promise<number[]> {
  const statuses: number[] = []
  while (!signal.aborted) {
    const answers = [ask(url, 'small', 3), discard(`${url}${bucket}/keys/small`)]
    statuses.push(...(await Promise.all(answers)).map(({ status }) => status))
    await sleep(20)
  }
  return statuses
}

describe('a server with little memory, of which more is asked than it has', () => {
  it('answers what there is room for, refuses the rest, and answers the small all the while', async () => {
    const { url, isAlive, output, peak } = await startSmall()
    const over = new AbortController()

    const healthy = keepAsking(url, over.signal)
    const answers = await burst(url, atOnce)
    const overSocket = await burstOverSocket(url)
    const { rssBytes } = await peak()
    over.abort()
    const afterwards = await ask(url, 'many-1', 3)

    const statuses = new Set(answers.map(({ status }) => status))
    const refused = answers.filter(({ status }) => status === 503)
    expect(isAlive(), output()).toBe(true)
    expect(rssBytes).toBeLessThan(rssBytesMax)
    expect([...statuses]).toEqual(expect.arrayContaining([200, 413]))
    // Whether others have to be refused for lack of room depends on how quickly all are answered.
    expect([...statuses].filter((status) => ![200, 413, 503].includes(status))).toEqual([])
    expect(refused.filter(({ retryAfter }) => !/^\d+$/.test(retryAfter ?? ''))).toEqual([])
    expect(overSocket.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(overSocket).toContain(200)
    expect(new Set(await healthy)).toEqual(new Set([200]))
    expect(afterwards.status).toBe(200)
  })

  it('would be brought down by the same without its limit', async () => {
    const server = await startSmall({ hasEndlessAnswers: true })

    await expect(ask(server.url, 'large', 1000)).rejects.toThrow()

    await server.ended
    expect(server.isAlive()).toBe(false)
    expect(server.output()).toContain('heap')
  })
})
