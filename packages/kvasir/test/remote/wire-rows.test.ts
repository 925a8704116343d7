import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredValue } from '../../src/codec/stored-value.ts'
import type { Change } from '../../src/engine/entry.ts'
import { FrameWriter, readFrame } from '../../src/protocol/socket-frame.ts'
import { changeRow, entryRow, readChangeRows, readEntryRows } from '../../src/protocol/wire-rows.ts'

const number = fc.nat(2 ** 40)
const key = fc.string({ unit: 'grapheme', minLength: 1 })
const head = fc.record(
  { key, revision: number, createdAt: number, updatedAt: number, expiresAt: number },
  { requiredKeys: ['key', 'revision', 'createdAt', 'updatedAt'] },
)
const data = fc.string({ unit: 'grapheme' })
const value: fc.Arbitrary<StoredValue> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'json' as const, 'record' as const), data }),
  fc.record({
    kind: fc.constant('record' as const),
    data,
    sets: fc.constant({ '/a': 'string' as const }),
  }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ kind: 'bytes' as const, data: bytes })),
)
const entry = fc.tuple(head, value).map(([given, stored]) => ({ ...given, value: stored }))
const removal = fc.record({
  kind: fc.constantFrom('delete' as const, 'purge' as const, 'expire' as const),
  key,
  revision: number,
  at: number,
})
const change: fc.Arbitrary<Change> = fc.oneof(
  removal,
  entry.map((put) => ({ kind: 'put' as const, entry: put })),
)

/** Sends rows as the socket does. */
function sent<Item>(
  items: readonly Item[],
  toRow: (item: Item, addValue: (value: string | Uint8Array) => number) => unknown,
): [rows: unknown, values: Uint8Array] {
  const frame = new FrameWriter()
  frame.add([1, 200], [], 'something before')
  frame.addMany([2, 200], (add) => [items.map((item) => toRow(item, add))])
  frame.add([3, 200], [], 'something behind')
  const [, answer] = readFrame(frame.take())
  return [answer?.message[3], answer?.value ?? new Uint8Array()]
}

describe('rows of a page', () => {
  it('bring entries as they are, with and without values', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, head)), (entries) => {
        expect(readEntryRows(...sent(entries, entryRow))).toEqual(entries)
      }),
    )
  })

  it('bring changes as they are', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        expect(readChangeRows(...sent(changes, changeRow))).toEqual(changes)
      }),
    )
  })

  it.each([
    ['no rows', 7],
    ['a row that is none', [7]],
    ['a key that is none', [[7, 1, 1, 1, null]]],
    ['a revision that is none', [['a', '1', 1, 1, null]]],
    ['a value of an unknown kind', [['a', 1, 1, 1, null, 'secret', 1]]],
    ['more of a value than there is', [['a', 1, 1, 1, null, 'text', 4]]],
  ])('are no answer of a server with %s', (_, rows) => {
    const values = new TextEncoder().encode('abc')

    expect(() => readEntryRows(rows, values)).toThrow(/not one of a Kvasir server|answer/i)
  })

  it.each([
    ['an unknown kind', [{ kind: 'clear', revision: 1, at: 1 }]],
    ['no key', [{ kind: 'delete', revision: 1, at: 1 }]],
    ['a put without its value', [['a', 1, 1, 1, null]]],
    ['nothing', [null]],
  ])('are no answer of a server with a change of %s', (_, rows) => {
    expect(() => readChangeRows(rows, new Uint8Array())).toThrow()
  })
})
