import type { KVUpdateOptions } from '../dialects/storage/storage-types.ts'
import { codeOf } from './observe.ts'
import { type RecordsScene, withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

interface Order {
  id?: number
  status?: string
}

const sayNothing = (): void => undefined

/** What an updater does to a TTL of 10 s, the `ttl` given beside it, and the milliseconds left. */
const ttlChoices: readonly (readonly [
  title: string,
  choose: (options: KVUpdateOptions) => void,
  ttl: number | null | undefined,
  leftMs: number | undefined,
])[] = [
  ['stays when nothing is said of it', sayNothing, undefined, 10_000],
  ['stays when the updater only reads it', (options) => void options.ttl, undefined, 10_000],
  [
    'is what the updater assigns',
    (options) => {
      options.ttl = 60
    },
    undefined,
    60_000,
  ],
  [
    'is what the updater adds to it',
    (options) => {
      options.ttl = (options.ttl ?? 0) + 0.5
    },
    undefined,
    10_500,
  ],
  [
    'goes when the updater assigns undefined',
    (options) => {
      Object.assign(options, { ttl: undefined })
    },
    undefined,
    undefined,
  ],
  [
    'goes when the updater deletes it',
    (options) => {
      delete options.ttl
    },
    undefined,
    undefined,
  ],
  ['is the given ttl when the updater says nothing', sayNothing, 30, 30_000],
  ['goes by the given ttl of null', sayNothing, null, undefined],
  [
    'is what the updater assigns, whatever ttl was given',
    (options) => {
      options.ttl = 60
    },
    30,
    60_000,
  ],
  [
    'goes when the updater assigns undefined, whatever ttl was given',
    (options) => {
      Object.assign(options, { ttl: undefined })
    },
    30,
    undefined,
  ],
  [
    'is what the updater assigns, even if that is what there was',
    (options) => {
      Object.assign(options, { ttl: options.ttl })
    },
    30,
    10_000,
  ],
]

export function storagePatchTtlTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('the TTL in kvStore.patch with an updater', () => {
    it('is what is left of it, in seconds', async ({ records, clock }) => {
      await records.put('order', { id: 123 }, { ttl: 10 })
      await clock.advance(1500)

      expect(await seenTtl(records)).toBe(8.5)
    })

    it('is undefined when the record never expires', async ({ records }) => {
      await records.put('order', { id: 123 })

      expect(await seenTtl(records)).toBe(undefined)
    })

    for (const [title, choose, ttl, leftMs] of ttlChoices) {
      it(title, async ({ records, kv }) => {
        await records.put('order', { id: 123 }, { ttl: 10 })

        const updater = (record: object, options: KVUpdateOptions): object => {
          choose(options)
          return record
        }
        await records.patch<object>('order', updater, ttl === undefined ? {} : { ttl })

        expect(await kv.ttl('order')).toBe(leftMs)
      })
    }

    it('may be assigned as text', async ({ records, kv }) => {
      await records.patch('order', (record, options) => {
        Object.assign(options, { ttl: '10m' })
        return record
      })

      expect(await kv.ttl('order')).toBe(600_000)
    })

    it('is refused when it is none, and nothing is written', async ({ records, kv }) => {
      await records.put('order', { id: 123 }, { ttl: 10 })

      const code = await codeOf(
        records.patch<Order>('order', (_record, options) => {
          options.ttl = 0
          return { id: 124 }
        }),
      )

      expect(code).toBe('KV_INVALID_TTL')
      expect([await records.get('order'), await kv.ttl('order')]).toEqual([{ id: 123 }, 10_000])
    })

    it('stays to the millisecond, however long the updater takes', async (scene) => {
      const { records, kv, clock } = scene
      await records.put('order', { id: 123 }, { ttl: 10 })

      await records.patch<Order>('order', async (record) => {
        await clock.advance(4321)
        return record
      })

      expect(await kv.ttl('order')).toBe(5679)
    })
  })
}

/** The TTL that an updater of the record `order` is shown. */
async function seenTtl(records: RecordsScene['records']): Promise<number | undefined> {
  let seen: number | undefined
  await records.patch('order', (record, { ttl }) => {
    seen = ttl
    return record
  })
  return seen
}
