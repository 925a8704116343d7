import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf, range, take } from './observe.ts'
import type { Suite } from './suite.ts'

const everyByte = Uint8Array.from(range(256))

/** What is stored and read back as it was. */
const values: readonly (readonly [name: string, value: unknown])[] = [
  ['an empty string', ''],
  ['text', 'Hello World'],
  ['text that looks like JSON', '{"a":1}'],
  ['text that looks like a number', '123'],
  ['text with quotes and backslashes', '"\\"\\n\\u0000'],
  ['text with NUL and control characters', 'a\0b\u0001\u001f\u007f'],
  ['text with line breaks', 'one\r\ntwo\rthree\u2028four\u2029'],
  ['text beyond the BMP', '👩‍👩‍👧 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u{10ffff}'],
  ['text with a byte order mark', '\ufeffmark\ufffe\uffff'],
  ['text in two normal forms', 'é e\u0301'],
  ['zero', 0],
  ['a negative number', -17],
  ['a fraction', 0.1],
  ['the largest number', Number.MAX_VALUE],
  ['the smallest number', Number.MIN_VALUE],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER],
  ['true', true],
  ['false', false],
  ['null', null],
  ['an empty list', []],
  ['an empty object', {}],
  ['a nested list', [1, [2, [3, []]], { four: [5] }]],
  ['a nested object', { a: { b: { c: [null, true, 'd'] } } }],
  ['a list of every type', ['', 0, -1.5, true, null, [], {}]],
  ['a StringSet', new StringSet(['b', 'a', '', '__proto__'])],
  ['a NumberSet', new NumberSet([3, -1, 0.5])],
  ['an empty StringSet', new StringSet()],
  ['sets in objects and lists', { tags: new StringSet(['x']), deep: [[new NumberSet([1])]] }],
  ['sets under odd names', { 'a/b': new StringSet(['x']), 'a~b': { '': new NumberSet([1]) } }],
  ['no bytes', new Uint8Array()],
  ['all bytes there are', everyByte],
  ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe, 0xc0, 0x80])],
]

export function valueTests({ describe, it, expect }: Suite): void {
  describe('a stored value', () => {
    for (const [name, value] of values) {
      it(`reads back the same: ${name}`, async ({ bucket }) => {
        await bucket.put('key', value)

        expect((await bucket.get('key'))?.value).toStrictEqual(value)
      })
    }

    it('reads back the same from listings, reads, watches, history and results', async (scene) => {
      const { bucket } = scene
      const value = { text: 'a\0b😀', tags: new StringSet(['x']), list: [1, null] }
      const watch = bucket.watch()
      await watch.ready
      await bucket.put('key', value)

      const listed = await take(bucket.entries(), 1)
      const [read] = await bucket.getMany(['key'])
      const [event] = await take(watch, 1)
      const [change] = await bucket.history('key')
      const result = await bucket.delete('key', { previous: true })

      expect(listed).toMatchObject([{ value }])
      expect(read?.value).toStrictEqual(value)
      expect(event).toMatchObject({ entry: { value } })
      expect(change?.value).toStrictEqual(value)
      expect(result).toMatchObject({ previous: { value } })
    })

    it('reads back bytes from listings, reads, watches, history and results', async (scene) => {
      const { bucket } = scene
      const watch = bucket.watch()
      await watch.ready
      await bucket.put('key', everyByte)

      const [listed] = await take(bucket.entries(), 1)
      const [read] = await bucket.getMany(['key'])
      const [event] = await take(watch, 1)
      const [change] = await bucket.history('key')
      const result = await bucket.delete('key', { previous: true })

      expect(listed?.value).toStrictEqual(everyByte)
      expect(read?.value).toStrictEqual(everyByte)
      expect(event).toMatchObject({ entry: { value: everyByte } })
      expect(change?.value).toStrictEqual(everyByte)
      expect(result).toMatchObject({ previous: { value: everyByte } })
    })

    it('keeps the order of fields and members', async ({ bucket }) => {
      await bucket.put('key', { z: 1, a: 2, m: new StringSet(['z', 'a']) })

      const value = (await bucket.get<object>('key'))?.value ?? {}

      expect(Object.keys(value)).toEqual(['z', 'a', 'm'])
      expect(JSON.stringify(value)).toBe('{"z":1,"a":2,"m":["z","a"]}')
    })

    it('keeps __proto__ and its like as own fields', async ({ bucket }) => {
      const value: unknown = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":1,"toString":"x","deep":{"__proto__":null}}',
      )
      await bucket.put('key', value)

      const read = (await bucket.get<object>('key'))?.value ?? {}

      expect(JSON.stringify(read)).toBe(JSON.stringify(value))
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
      expect('polluted' in read).toBe(false)
    })

    it('may be a megabyte of text', async ({ bucket }) => {
      const text = 'abcdé😀"\\\n'.repeat(100_000)
      await bucket.put('key', text)

      expect((await bucket.get('key'))?.value === text).toBe(true)
    })

    it('may be a megabyte of bytes', async ({ bucket }) => {
      const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 256)
      await bucket.put('key', bytes)

      const read = (await bucket.get<Uint8Array>('key'))?.value ?? new Uint8Array()

      expect(read).toHaveLength(bytes.length)
      expect(read.every((byte, index) => byte === bytes[index])).toBe(true)
    })

    it('may be a record of many fields', async ({ bucket }) => {
      const value = Object.fromEntries(range(10_000).map((index) => [`field-${index}`, index]))
      await bucket.put('key', value)

      const read = await bucket.get('key')

      expect(JSON.stringify(read?.value)).toBe(JSON.stringify(value))
    })

    it('may be nested 10,000 deep', async ({ bucket }) => {
      await bucket.put('key', nested(10_000))

      expect(depthOf((await bucket.get('key'))?.value)).toBe(10_000)
    })

    it('is refused when it is nested deeper than 100,000, and changes nothing', async ({
      bucket,
    }) => {
      await bucket.put('key', nested(100_000))

      expect(await codeOf(bucket.put('key', nested(100_001)))).toBe('KV_TOO_LARGE')
      expect(depthOf((await bucket.get('key'))?.value)).toBe(100_000)
    })

    it('may hold half characters within an object, which JSON escapes', async ({ bucket }) => {
      await bucket.put('key', { '\ud83d': '\ude00' })

      expect((await bucket.get('key'))?.value).toEqual({ '\ud83d': '\ude00' })
    })

    it('is refused with half a character as text of its own', async ({ bucket }) => {
      expect(await codeOf(bucket.put('key', 'half \ud83d'))).toBe('KV_INVALID_VALUE')
      expect(await bucket.get('key')).toBe(undefined)
    })
  })
}

function nested(depth: number): unknown {
  return range(depth).reduce<unknown>((inner, index) => (index % 2 ? [inner] : { inner }), 'core')
}

function depthOf(value: unknown): number {
  let depth = 0
  let inner = value
  while (typeof inner === 'object' && inner !== null) {
    inner = Array.isArray(inner) ? inner[0] : (inner as { inner: unknown }).inner
    depth++
  }
  return depth
}
