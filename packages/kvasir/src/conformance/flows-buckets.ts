import { bodyOf, failureOf, messageOf, withFlows } from './flows-scene.ts'
import { range } from './observe.ts'
import type { Suite } from './suite.ts'

/** All options that every engine has, none of them at its default. */
const options = {
  description: 'Answers of the API',
  ttl: 3_600_000_000_000,
  history: 5,
  max_bytes: 10_000,
  max_value_size: 1000,
  metadata: { team: 'search' },
}

/** What a bucket has that was given no options. */
const defaults = {
  description: '',
  ttl: 0,
  history: 1,
  max_bytes: -1,
  max_value_size: -1,
  storage: 'file',
  num_replicas: 1,
  metadata: {},
}

export function flowBucketTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('kv-bucket-create', () => {
    it('creates a bucket and answers what it is set to', async ({ flows }) => {
      const plain = await bodyOf(flows.kvBucketCreate({ bucket: 'plain' }))
      const full = await bodyOf(flows.kvBucketCreate({ bucket: 'full', ...options }))

      expect(plain).toEqual({ bucket: 'plain', created: true, compression: false, ...defaults })
      expect(full).toEqual({
        bucket: 'full',
        created: true,
        compression: false,
        ...defaults,
        ...options,
      })
    })

    it('leaves one of the same configuration as it is', async ({ flows }) => {
      await bodyOf(flows.kvBucketCreate({ bucket: 'cache', ...options }))
      await bodyOf(flows.kvKeyPut({ bucket: 'cache', key: 'k', value: 1 }))

      const again = await bodyOf(flows.kvBucketCreate({ bucket: 'cache', ...options }))

      expect(again).toMatchObject({ created: false, ...options })
      expect((await bodyOf(flows.kvBucketGet({ bucket: 'cache' }))).values).toBe(1)
    })

    it('takes a default that is given for one that is left out', async ({ flows }) => {
      await bodyOf(flows.kvBucketCreate({ bucket: 'cache' }))

      const again = await bodyOf(
        flows.kvBucketCreate({
          ...defaults,
          bucket: 'cache',
          storage: 'file',
          compression: false,
          sources: [],
        }),
      )

      expect(again.created).toBe(false)
    })

    it('answers 409 for another configuration, and names what differs', async ({ flows }) => {
      await bodyOf(flows.kvBucketCreate({ bucket: 'cache' }))

      const call = flows.kvBucketCreate({ bucket: 'cache', ttl: 1_000_000, max_bytes: 7 })

      expect(await failureOf(call)).toBe('409 KV_BUCKET_EXISTS')
      expect(await messageOf(call)).toContain('another ttl, max_bytes.')
    })

    for (const [option, given] of [
      ['num_replicas', { num_replicas: 2 }],
      ['placement', { placement: { cluster: 'east' } }],
    ] as const) {
      it(`refuses ${option} on a single node`, async ({ flows, store }) => {
        const call = flows.kvBucketCreate({ bucket: 'wide', ...given })

        expect(store.capabilities.replicasMax).toBe(1)
        expect(await failureOf(call)).toBe('400 KV_UNSUPPORTED')
        expect(await messageOf(call)).toContain(`${option} takes`)
        expect(await failureOf(flows.kvBucketGet({ bucket: 'wide' }))).toBe(
          '404 KV_BUCKET_NOT_FOUND',
        )
      })
    }

    for (const [what, given] of [
      ['mirror', { mirror: { name: 'users' }, sources: [{ name: 'users' }] }],
      ['republish.source', { republish: { dest: 'x', source: '>', src: '>' } }],
    ] as const) {
      it(`refuses two options that exclude each other: ${what}`, async ({ flows }) => {
        const call = flows.kvBucketCreate({ bucket: 'both', ...given } as { bucket: string })

        expect(await failureOf(call)).toBe('400 KV_INVALID_ARGUMENT')
        expect(await messageOf(call)).toContain(what)
      })
    }

    it('keeps max_value_size and max_bytes to the byte', async ({ flows }) => {
      const bucket = 'small'
      await bodyOf(flows.kvBucketCreate({ bucket, max_value_size: 4, max_bytes: 11 }))
      const put = (key: string, value: string) => failureOf(flows.kvKeyPut({ bucket, key, value }))

      expect(await put('a', '12345')).toBe('413 KV_TOO_LARGE')
      expect(await put('a', '1234')).toBe('200')
      expect(await put('b', '1234')).toBe('200')
      expect(await put('c', '1')).toBe('507 KV_QUOTA_EXCEEDED')
      expect(await put('c', '')).toBe('200')
      expect((await bodyOf(flows.kvBucketGet({ bucket }))).bytes).toBe(11)
    })

    it('lets values expire after the bucket’s ttl, or their own shorter one', async (scene) => {
      const { flows, clock } = scene
      const bucket = 'cache'
      await bodyOf(flows.kvBucketCreate({ bucket, ttl: 2_000_000_000 }))
      await bodyOf(flows.kvKeyPut({ bucket, key: 'own', value: 1, ttl: 1_000_000_000 }))
      await bodyOf(flows.kvKeyPut({ bucket, key: 'longer', value: 1, ttl: 9_000_000_000 }))
      const keys = async () =>
        (await bodyOf(flows.kvKeyList({ bucket }))).items.map(({ key }) => key)

      clock.setWall(clock.wallMs() + 1000)
      expect(await keys()).toEqual(['longer'])
      clock.setWall(clock.wallMs() + 1000)

      expect(await keys()).toEqual([])
    })

    for (const ttl of [1, 999_999, -1, 1.5]) {
      it(`refuses a ttl of ${ttl} ns`, async ({ flows }) => {
        expect(await messageOf(flows.kvBucketCreate({ bucket: 'cache', ttl }))).toContain('ttl')
      })
    }
  })

  describe('kv-bucket-list and kv-bucket-get', () => {
    it('answer buckets by name, with what they are set to and hold', async ({ flows, clock }) => {
      const bucket = 'cache'
      await bodyOf(flows.kvBucketCreate({ bucket, ...options }))
      const created = new Date(clock.wallMs()).toISOString()
      clock.setWall(clock.wallMs() + 1000)
      await bodyOf(flows.kvKeyPut({ bucket, key: 'ä', value: '12' }))
      await bodyOf(flows.kvKeyPut({ bucket, key: 'ä', value: { a: 1 } }))

      const { buckets } = await bodyOf(flows.kvBucketList())

      expect(buckets.map((each) => each.bucket)).toEqual(['cache', 'default', 'users'])
      expect(buckets[0]).toEqual({
        bucket,
        ...defaults,
        ...options,
        is_compressed: false,
        created,
        values: 1,
        bytes: 13,
        last_seq: 2,
      })
      expect(await bodyOf(flows.kvBucketGet({ bucket }))).toEqual(buckets[0])
    })

    it('answer more buckets than a page has', async ({ flows }) => {
      const names = range(1010).map((index) => `b${index}`)
      await Promise.all(names.map((bucket) => bodyOf(flows.kvBucketCreate({ bucket }))))

      const { buckets } = await bodyOf(flows.kvBucketList())

      expect(buckets).toHaveLength(1012)
      expect(new Set(buckets.map(({ bucket }) => bucket)).size).toBe(1012)
    })
  })

  describe('kv-bucket-update', () => {
    it('changes all that several calls change at once', async ({ flows }) => {
      const bucket = 'users'
      const changes = [{ ttl: 0 }, { history: 7 }, { max_bytes: 500 }, { description: 'all' }]

      await Promise.all(
        changes.map((change) => bodyOf(flows.kvBucketUpdate({ bucket, ...change }))),
      )

      const merged = Object.assign({}, ...changes)
      expect(await bodyOf(flows.kvBucketGet({ bucket }))).toMatchObject(merged)
    })

    it('changes what it is given, and nothing else', async ({ flows }) => {
      const bucket = 'cache'
      await bodyOf(flows.kvBucketCreate({ bucket, ...options }))

      const updated = await bodyOf(flows.kvBucketUpdate({ bucket, history: 2 }))
      const freed = await bodyOf(
        flows.kvBucketUpdate({ bucket, ttl: 0, max_bytes: -1, max_value_size: -1, metadata: {} }),
      )

      expect(updated).toMatchObject({ bucket, ...options, history: 2 })
      expect(freed).toMatchObject({ ...defaults, description: options.description, history: 2 })
    })

    it('trims to a smaller history, and lets values expire by a shorter ttl', async (scene) => {
      const { flows, clock } = scene
      const at = { bucket: 'users', key: 'alice' }
      for (const value of ['one', 'two', 'three']) await bodyOf(flows.kvKeyPut({ ...at, value }))

      await bodyOf(flows.kvBucketUpdate({ bucket: 'users', history: 1, ttl: 1_000_000_000 }))

      const { items } = await bodyOf(flows.kvKeyHistory(at))
      expect(items.map(({ value }) => value)).toEqual(['three'])
      clock.setWall(clock.wallMs() + 1000)
      expect(await failureOf(flows.kvKeyGet(at))).toBe('404 KV_KEY_NOT_FOUND')
    })

    it('answers 409 for a max_bytes under what is there', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ bucket: 'users', key: 'k', value: '123456789' }))

      const call = flows.kvBucketUpdate({ bucket: 'users', max_bytes: 9 })

      expect(await failureOf(call)).toBe('409 KV_CONFLICT')
      expect((await bodyOf(flows.kvBucketGet({ bucket: 'users' }))).max_bytes).toBe(-1)
    })

    it('leaves values that are larger than a new max_value_size', async ({ flows }) => {
      const at = { bucket: 'users', key: 'k' }
      await bodyOf(flows.kvKeyPut({ ...at, value: '123456789' }))

      await bodyOf(flows.kvBucketUpdate({ bucket: 'users', max_value_size: 3 }))

      expect(await failureOf(flows.kvKeyGet(at))).toBe('200')
      expect(await failureOf(flows.kvKeyPut({ ...at, value: '1234' }))).toBe('413 KV_TOO_LARGE')
    })

    for (const option of ['storage', 'num_replicas', 'placement', 'mirror', 'sources']) {
      it(`refuses to change ${option}, and says why`, async ({ flows }) => {
        const call = flows.call('kv-bucket-update' as string, { bucket: 'users', [option]: 1 })

        expect(await failureOf(call)).toBe('400 KV_INVALID_ARGUMENT')
        expect(await messageOf(call)).toContain(`"${option}"`)
        expect(await messageOf(call)).toContain('whole life of a bucket')
      })
    }
  })

  describe('kv-bucket-delete and kv-bucket-purge', () => {
    it('answer what was removed', async ({ flows }) => {
      const bucket = 'users'
      for (const remove of [flows.kvBucketPurge, flows.kvBucketDelete]) {
        await bodyOf(flows.kvKeyPut({ bucket, key: 'a', value: '1' }))
        await bodyOf(flows.kvKeyPut({ bucket, key: 'a', value: '22' }))

        expect(await bodyOf(remove({ bucket }))).toEqual({ bucket, values: 1, bytes: 5 })
      }
    })

    it('leave the emptied bucket with its numbers, and nothing of the deleted one', async ({
      flows,
    }) => {
      const bucket = 'users'
      await bodyOf(flows.kvKeyPut({ bucket, key: 'a', value: '1' }))

      await bodyOf(flows.kvBucketPurge({ bucket }))
      const purged = await bodyOf(flows.kvBucketGet({ bucket }))
      await bodyOf(flows.kvBucketDelete({ bucket }))

      expect(purged).toMatchObject({ values: 0, bytes: 0, last_seq: 2, history: 3 })
      expect(await failureOf(flows.kvBucketGet({ bucket }))).toBe('404 KV_BUCKET_NOT_FOUND')
    })

    it('begin anew with a bucket that is created again', async ({ flows }) => {
      const bucket = 'users'
      await bodyOf(flows.kvKeyPut({ bucket, key: 'a', value: '1' }))
      await bodyOf(flows.kvBucketDelete({ bucket }))

      const again = await bodyOf(flows.kvBucketCreate({ bucket, history: 9 }))

      expect(again.created).toBe(true)
      expect(await bodyOf(flows.kvKeyPut({ bucket, key: 'a', value: '1' }))).toMatchObject({
        revision: 1,
      })
    })

    it('refuse to delete the bucket that is always there', async ({ flows }) => {
      expect(await messageOf(flows.kvBucketDelete({ bucket: 'default' }))).toContain('always there')
    })
  })
}
