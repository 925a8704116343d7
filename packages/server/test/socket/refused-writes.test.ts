import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from 'kvasir'
import { openEngine } from 'kvasir/engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { greeted, serve } from './serve-socket.ts'

const config = { description: '', history: 1, metadata: {} } as const

interface Write {
  readonly bucket: string
  readonly op: 'put' | 'increment'
  readonly key?: string
  readonly value?: string
}

/** A server with buckets of every kind that refuses writes, asked both ways. */
async function openBoth() {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-refused-'))
  const engine = await openEngine(directory)
  const at = (bucket: string) => ({ project: 'shop', bucket })
  await engine.createBucket(at('orders'), config)
  await engine.createBucket(at('copy'), { ...config, mirror: { bucket: 'orders' } })
  await engine.createBucket(at('small'), { ...config, bytesMax: 100 })
  await engine.createBucket(at('gone'), config)
  const { url } = await serve({ engine })
  onTestFinished(async () => {
    await engine.close()
    await rm(directory, { recursive: true, force: true })
  })
  const client = await greeted(url)
  let sent = 0

  const overSocket = async (
    { bucket, op, key = 'text', value = '1' }: Write,
    id = `a.${++sent}`,
  ) => {
    const head = ['default', bucket, id, key]
    const { rest } =
      op === 'put'
        ? await client.ask(op, [...head, 'text', null], value)
        : await client.ask(op, [...head, 1])
    return rest[0]
  }
  const overHttp = async ({ bucket, op, key = 'text', value = '1' }: Write, id = `b.${++sent}`) => {
    const operation = op === 'put' ? { op, key, value } : { op, key, by: 1 }
    const response = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer shop',
        'content-type': 'application/json',
        'idempotency-key': id,
      },
      body: JSON.stringify({ bucket, operations: [operation] }),
    })
    return response.json() as Promise<unknown>
  }
  return { engine, at, overSocket, overHttp }
}

describe('a plain write over the socket', () => {
  it('is refused for the reasons that one by HTTP is, in the same words', async () => {
    const { engine, at, overSocket, overHttp } = await openBoth()
    await overSocket({ bucket: 'orders', op: 'put', value: 'no number' })
    await overSocket({ bucket: 'gone', op: 'put' })
    await engine.deleteBucket(at('gone'))
    const refused: [code: string, write: Write][] = [
      ['KV_BUCKET_NOT_FOUND', { bucket: 'nowhere', op: 'put' }],
      ['KV_BUCKET_NOT_FOUND', { bucket: 'gone', op: 'put' }],
      ['KV_READ_ONLY', { bucket: 'copy', op: 'put' }],
      ['KV_READ_ONLY', { bucket: 'copy', op: 'increment' }],
      ['KV_QUOTA_EXCEEDED', { bucket: 'small', op: 'put', value: 'x'.repeat(101) }],
      ['KV_WRONG_TYPE', { bucket: 'orders', op: 'increment' }],
      ['KV_INVALID_KEY', { bucket: 'orders', op: 'put', key: '' }],
      ['KV_INVALID_KEY', { bucket: 'orders', op: 'put', key: 'k'.repeat(2000) }],
      [
        'KV_TOO_LARGE',
        { bucket: 'orders', op: 'put', value: 'x'.repeat(limits.valueBytesMax + 1) },
      ],
    ]

    for (const [code, write] of refused) {
      const [socket, http] = [await overSocket(write), await overHttp(write)]
      expect(socket).toMatchObject({ code, outcome: 'not-applied' })
      expect(http).toEqual(socket)
    }
  })

  it('is refused another write under its idempotency key, from either side', async () => {
    const { overSocket, overHttp } = await openBoth()
    await overSocket({ bucket: 'orders', op: 'put' }, 'same')
    const other: Write = { bucket: 'orders', op: 'put', value: '2' }

    const [socket, http] = [await overSocket(other, 'same'), await overHttp(other, 'same')]

    expect(socket).toMatchObject({ code: 'KV_IDEMPOTENCY_MISMATCH' })
    expect(http).toEqual(socket)
  })

  it('is refused once the store is closed, and leaves room for what comes', async () => {
    const { engine, overSocket } = await openBoth()
    await engine.close()

    for (let count = 0; count < 3; count++) {
      expect(await overSocket({ bucket: 'orders', op: 'put' })).toMatchObject({ code: 'KV_CLOSED' })
    }
  })
})
