import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/engine/operation.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'

const purge: Operation = { op: 'purge', key: 'again' }
const purges: readonly Operation[] = Array.from({ length: 500 }, () => [
  put('again', 'x'),
  purge,
]).flat()

describe('a key that is purged more often than removals are kept', () => {
  it('costs no other key the marker of its removal', { timeout: 60_000 }, async () => {
    const engine = await open(temporaryDirectory(), { durability: 'relaxed' })
    await engine.commit(at, [put('other', 'x'), { op: 'delete', key: 'other' }])
    for (let commit = 0; commit < 41; commit++) await engine.commit(at, purges)

    const events = engine.watch(at, { since: 1 })[Symbol.asyncIterator]()

    expect(await events.next()).toMatchObject({ value: { kind: 'delete', key: 'other' } })
  })
})
