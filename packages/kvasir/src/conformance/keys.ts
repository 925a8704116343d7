import { limits } from '../codec/limits.ts'
import { all, codeOf, take } from './observe.ts'
import { oddNames } from './records.ts'
import type { Suite } from './suite.ts'

const oddKeys = [
  ...oddNames.filter((name) => name !== ''),
  'user:1',
  'cache:/a b?{"q":1}',
  '../../etc/passwd',
  '*',
  '>',
  '.',
  '..',
  '%',
  '_',
  '%2F',
  'a+b&c=d#e',
  '?',
  "'; DROP TABLE entries; --",
  '\u0000',
  '\u007f',
  '\ufeff',
  '\uffff',
  '\u{10ffff}',
  '\r\n',
  '\t',
  'cafe\u0301',
]

export function keyTests({ describe, it, expect }: Suite): void {
  describe('an odd key', () => {
    for (const key of oddKeys) {
      it(`${JSON.stringify(key)} is a key like any other`, async ({ bucket }) => {
        await bucket.put('another', 'untouched')
        const watch = bucket.watch({ key })
        await watch.ready
        await bucket.put(key, 'stored')

        const entry = await bucket.get(key)
        const [read] = await bucket.getMany([key])
        const listed = await all(bucket.keys({ prefix: key }))
        const changes = await bucket.history(key)
        const [event] = await take(watch, 1)
        const conflict = await bucket.put(key, 'again', { ifAbsent: true })
        const removal = await bucket.delete(key)

        expect(entry).toMatchObject({ key, value: 'stored' })
        expect(read?.key).toBe(key)
        expect(listed).toEqual([key])
        expect(changes).toHaveLength(1)
        expect(event).toMatchObject({ kind: 'put', entry: { key } })
        expect(conflict).toMatchObject({ ok: false, conflict: { key } })
        expect(removal).toMatchObject({ changed: true })
        expect(await all(bucket.keys())).toEqual(['another'])
      })
    }
  })

  describe('the length of a key', () => {
    const longest = [
      ['ASCII', 'k'.repeat(limits.keyBytesMax)],
      ['two bytes each', 'ä'.repeat(limits.keyBytesMax / 2)],
      ['four bytes each', '😀'.repeat(limits.keyBytesMax / 4)],
    ] as const
    for (const [name, key] of longest) {
      it(`may be 1,024 bytes: ${name}`, async ({ bucket, kv }) => {
        await bucket.put(key, 1)

        expect(await all(bucket.keys())).toEqual([key])
        expect(await kv.lock(key, { ttl: 1000 })).toMatchObject({ fence: 1 })
      })

      it(`must not be more: ${name}`, async ({ bucket }) => {
        expect(await codeOf(bucket.put(`${key}k`, 1))).toBe('KV_INVALID_KEY')
        expect(await codeOf(bucket.get(`${key}k`))).toBe('KV_INVALID_KEY')
        expect(await all(bucket.keys())).toEqual([])
      })
    }
  })

  describe('what is no key', () => {
    const noKeys: readonly (readonly [name: string, key: unknown])[] = [
      ['an empty string', ''],
      ['undefined', undefined],
      ['null', null],
      ['a number', 1],
      ['an object', {}],
      ['a list', ['alice']],
      ['half a character', 'a\ud83d'],
      ['the other half', '\ude00a'],
    ]
    for (const [name, given] of noKeys) {
      it(`is refused everywhere: ${name}`, async ({ bucket }) => {
        const key = given as string
        const codes = await Promise.all([
          codeOf(bucket.get(key)),
          codeOf(bucket.getMany([key])),
          codeOf(bucket.put(key, 1)),
          codeOf(bucket.delete(key)),
          codeOf(bucket.history(key)),
          codeOf(bucket.commit([{ op: 'increment', key }])),
          codeOf(bucket.update(key, () => 1)),
        ])

        expect(new Set(codes)).toEqual(new Set(['KV_INVALID_KEY']))
        expect(await bucket.info()).toMatchObject({ revision: 0 })
      })
    }
  })
}
