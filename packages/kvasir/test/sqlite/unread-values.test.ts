import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/engine/operation.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

const readsData = /SELECT (?!bucket_id)[^(]*\bdata FROM entries/

async function readsOldValue(operation: Operation): Promise<boolean> {
  const { driver, ran } = await traceDriver()
  const engine = await open(temporaryDirectory(), { driver })
  await engine.commit(at, [put('a', 'old')])
  ran.length = 0
  await engine.commit(at, [operation])
  return ran.some((sql) => readsData.test(sql))
}

describe('writing over an entry', () => {
  it.each<Operation>([
    put('a', 'new'),
    { ...put('a', 'new'), ifRevision: 1 },
    { op: 'delete', key: 'a' },
    { op: 'purge', key: 'a' },
  ])('leaves its value unread where nobody asks for it: %j', async (operation) => {
    expect(await readsOldValue(operation)).toBe(false)
  })

  it.each<Operation>([
    { ...put('a', 'new'), previous: true },
    { op: 'delete', key: 'a', previous: true },
    { op: 'touch', key: 'a', expiry: { ttlMs: 1000 } },
  ])('reads it where it matters: %j', async (operation) => {
    expect(await readsOldValue(operation)).toBe(true)
  })
})
