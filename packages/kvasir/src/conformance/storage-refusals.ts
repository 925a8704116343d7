import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import type { KvasirError } from '../errors/kvasir-error.ts'
import { all, codeOf, errorOf } from './observe.ts'
import {
  contentCalls,
  countCalls,
  growingCalls,
  held,
  listCalls,
  multiCalls,
  notFields,
  notStored,
  numberCalls,
  setCalls,
  storingCalls,
  untyped,
} from './storage-refusal-calls.ts'
import { type RecordsScene, withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

export function storageRefusalTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('a call of the kvStore on a field of another type', () => {
    for (const { name, needs, good, make } of [...numberCalls, ...listCalls, ...setCalls]) {
      it(`fails, and changes nothing: ${name}`, async (scene) => {
        const others = held.filter(([found]) => found !== needs)
        for (const [index, [, field]] of others.entries()) {
          await scene.records.put<object>(`record ${index}`, { good, field }, { ttl: 10 })
        }
        const before = await allEntries(scene)

        const facts = await Promise.all(
          others.map(async ([found], index) => {
            const error = await errorOf(make(scene.records, `record ${index}`))
            return factsOf(error, [`"record ${index}"`, '"field"', found, needs])
          }),
        )

        const expected = others.map(([found], index) => ({
          code: 'KV_WRONG_TYPE',
          details: { key: `record ${index}`, field: 'field', found, needs },
          unsaid: [],
        }))
        expect(facts).toEqual(expected)
        expect(await allEntries(scene)).toEqual(before)
      })
    }
  })

  describe('a call of the kvStore with a wrong argument for a field', () => {
    for (const { name, needs, wrong, make } of [...countCalls, ...contentCalls]) {
      it(`fails, and changes nothing: ${name} needs ${needs}`, async (scene) => {
        await putRecord(scene)
        const before = await allEntries(scene)

        const facts = await Promise.all(
          wrong.map(async ([found, given]) => {
            const error = await errorOf(make(scene.records, given))
            return factsOf(error, ['"record"', '"field"', found, needs])
          }),
        )

        const expected = wrong.map(([found]) => ({
          code: 'KV_INVALID_ARGUMENT',
          details: { key: 'record', field: 'field', found, needs },
          unsaid: [],
        }))
        expect(facts).toEqual(expected)
        expect(await allEntries(scene)).toEqual(before)
      })
    }

    for (const [name, make] of storingCalls) {
      it(`fails, and changes nothing: ${name} of what cannot be stored`, async (scene) => {
        await putRecord(scene)
        const before = await allEntries(scene)

        const facts = await Promise.all(
          notStored.map(async ([found, value]) => {
            const error = await errorOf(make(scene.records, value))
            return factsOf(error, ['"record"', '"field"', found])
          }),
        )

        const details = { key: 'record', field: 'field', pointer: '' }
        const expected = { code: 'KV_INVALID_VALUE', details, unsaid: [] }
        expect(facts).toEqual(notStored.map(() => expected))
        expect(await allEntries(scene)).toEqual(before)
      })
    }
  })

  describe('a call of the kvStore with something else than fields', () => {
    for (const [found, given] of notFields) {
      it(`fails, and changes nothing: ${found}`, async (scene) => {
        await putRecord(scene)
        const before = await allEntries(scene)

        const { records } = scene
        const facts = await Promise.all(
          multiCalls.map(async (name) => {
            const error = await errorOf(records[name]('record', untyped(given)))
            return factsOf(error, ['"record"', found])
          }),
        )

        const details = { key: 'record', found, needs: 'an object of named fields' }
        const expected = { code: 'KV_INVALID_ARGUMENT', details, unsaid: [] }
        expect(facts).toEqual(multiCalls.map(() => expected))
        expect(await allEntries(scene)).toEqual(before)
      })
    }

    it('fails, and changes nothing: names that are no array', async (scene) => {
      await putRecord(scene)
      const before = await allEntries(scene)

      const errors = await Promise.all([
        errorOf(scene.records.get('record', 'name' as unknown as string[])),
        errorOf(scene.records.delete('record', 'name' as unknown as string[])),
      ])

      const details = { key: 'record', found: 'a string', needs: 'an array of names' }
      const expected = { code: 'KV_INVALID_ARGUMENT', details, unsaid: [] }
      expect(errors.map((error) => factsOf(error, ['"record"']))).toEqual([expected, expected])
      expect(await allEntries(scene)).toEqual(before)
    })

    for (const field of [undefined, null, 1] as unknown as string[]) {
      it(`fails, and changes nothing: ${field} as the name of a field`, async (scene) => {
        const { records } = scene
        await putRecord(scene)
        const before = await allEntries(scene)

        const codes = await Promise.all(
          [
            records.get('record', [field]),
            records.delete('record', ['n', field]),
            records.increment('record', field),
            records.append('record', field, 1),
            records.unshift('record', field, 1),
            records.peek('record', field),
            records.shift('record', field),
            records.addString('record', field, 'a'),
            records.hasString('record', field, 'a'),
            records.removeString('record', field, 'a'),
            records.addNumber('record', field, 1),
            records.hasNumber('record', field, 1),
            records.removeNumber('record', field, 1),
          ].map(codeOf),
        )

        expect(new Set(codes)).toEqual(new Set(['KV_INVALID_ARGUMENT']))
        expect(await allEntries(scene)).toEqual(before)
      })
    }
  })

  describe('a record over the value limit of its bucket', () => {
    for (const [name, make] of growingCalls) {
      it(`is refused, and nothing is written: ${name}`, async (scene) => {
        await putRecord(scene)
        await scene.bucket.configure({ valueBytesMax: 200 })
        const before = await allEntries(scene)

        const error = await errorOf(make(scene.records))

        const { code, details, message } = error
        expect([code, details.key, details.bytesMax]).toEqual(['KV_TOO_LARGE', 'record', 200])
        expect(details.bytes).toBeGreaterThan(200)
        for (const part of ['"record"', '"default"', '200']) expect(message).toContain(part)
        expect(await allEntries(scene)).toEqual(before)
      })
    }
  })
}

async function putRecord({ records }: RecordsScene): Promise<void> {
  const sets = { words: new StringSet(['a']), ids: new NumberSet([1]) }
  await records.put('record', { n: 1, list: ['a'], ...sets }, { ttl: 10 })
}

/** Everything there is, with revisions and expiries. */
function allEntries({ bucket }: RecordsScene): Promise<unknown[]> {
  return all(bucket.entries())
}

/** What an error says to programs, and which of these words it does not say to people. */
function factsOf({ code, details, message }: KvasirError, words: readonly string[]) {
  return { code, details, unsaid: words.filter((word) => !message.includes(word)) }
}
