import { bodyOf, failureOf, messageOf, withFlows } from './flows-scene.ts'
import type { Suite } from './suite.ts'

const origin = {
  name: 'users',
  filter_subject: 'eu.>',
  opt_start_seq: 2,
  opt_start_time: '2029-01-31T12:00:00+01:00',
  subject_transforms: [{ src: 'eu.*', dest: 'users.{{wildcard(1)}}' }],
}

export function flowCopyTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('kv-bucket-create with mirror', () => {
    it('makes a read-only copy that honours every parameter, and answers them', async ({
      flows,
    }) => {
      for (const key of ['eu.1', 'eu.2', 'us.1']) {
        await bodyOf(flows.kvKeyPut({ bucket: 'users', key, value: key }))
      }

      const created = await bodyOf(flows.kvBucketCreate({ bucket: 'copy', mirror: origin }))
      await bodyOf(flows.kvKeyPut({ bucket: 'users', key: 'eu.3', value: 'live' }))

      const mirror = { ...origin, opt_start_time: '2029-01-31T11:00:00.000Z' }
      expect(created).toMatchObject({ bucket: 'copy', created: true, mirror })
      expect(await bodyOf(flows.kvBucketGet({ bucket: 'copy' }))).toMatchObject({
        mirror,
        values: 2,
        last_seq: 4,
      })
      const { items } = await bodyOf(flows.kvKeyList({ bucket: 'copy' }))
      expect(items).toMatchObject([
        { key: 'users.2', value: 'eu.2', sequence: 2 },
        { key: 'users.3', value: 'live', sequence: 4 },
      ])
    })

    it('leaves one with the same origin as it is, defaults given or left out', async (scene) => {
      const { flows } = scene
      await bodyOf(flows.kvBucketCreate({ bucket: 'copy', mirror: { name: 'users' } }))
      const defaults = { opt_start_seq: 0, opt_start_time: '0001-01-01T00:00:00Z' }

      const again = await bodyOf(
        flows.kvBucketCreate({
          bucket: 'copy',
          mirror: { name: 'users', ...defaults, subject_transforms: [] },
        }),
      )
      const other = flows.kvBucketCreate({ bucket: 'copy', mirror: { ...origin } })

      expect(again.created).toBe(false)
      expect(await failureOf(other)).toBe('409 KV_BUCKET_EXISTS')
      expect(await messageOf(other)).toContain('another mirror.')
    })

    it('answers 409 to every write', async ({ flows }) => {
      await bodyOf(flows.kvBucketCreate({ bucket: 'copy', mirror: { name: 'users' } }))

      const at = { bucket: 'copy', key: 'k' }
      const failures = await Promise.all([
        failureOf(flows.kvKeyPut({ ...at, value: 1 })),
        failureOf(flows.kvKeysPut({ bucket: 'copy', entries: [{ key: 'k', value: 1 }] })),
        failureOf(flows.kvKeyIncrement(at)),
        failureOf(flows.kvKeyDelete(at)),
        failureOf(flows.kvKeyPurge(at)),
        failureOf(flows.kvBucketPurge({ bucket: 'copy' })),
      ])

      expect(new Set(failures)).toEqual(new Set(['409 KV_READ_ONLY']))
    })

    it('answers 404 without the origin, and 400 for a copy of itself', async ({ flows }) => {
      const nowhere = flows.kvBucketCreate({ bucket: 'copy', mirror: { name: 'nowhere' } })
      const itself = flows.kvBucketCreate({ bucket: 'copy', mirror: { name: 'copy' } })

      expect(await failureOf(nowhere)).toBe('404 KV_BUCKET_NOT_FOUND')
      expect(await failureOf(itself)).toBe('400 KV_INVALID_ARGUMENT')
    })

    it('answers 409 to deleting the origin, naming the mirrors', async ({ flows }) => {
      await bodyOf(flows.kvBucketCreate({ bucket: 'copy', mirror: { name: 'users' } }))

      const call = flows.kvBucketDelete({ bucket: 'users' })

      expect(await failureOf(call)).toBe('409 KV_CONFLICT')
      expect(await messageOf(call)).toContain('"copy"')
    })

    for (const option of ['ttl', 'max_bytes', 'max_value_size'] as const) {
      it(`refuses ${option}, then and later, and says why`, async ({ flows }) => {
        const limit = { bucket: 'copy', [option]: 2_000_000 }

        const create = flows.kvBucketCreate({ ...limit, mirror: { name: 'users' } })
        const message = await messageOf(create)
        await bodyOf(flows.kvBucketCreate({ bucket: 'copy', mirror: { name: 'users' } }))

        expect(message).toContain(`${option} is not for a mirror`)
        expect(await messageOf(flows.kvBucketUpdate(limit))).toContain(`${option} is not for`)
      })
    }

    for (const [place, member] of [
      ['mirror.filter_subject', { filter_subject: 'eu..>' }],
      ['mirror.opt_start_time', { opt_start_time: 'yesterday' }],
      [
        'mirror.subject_transforms[0]',
        { subject_transforms: [{ src: 'eu.*', dest: '{{wildcard(2)}}' }] },
      ],
    ] as const) {
      it(`refuses a ${place} that cannot be`, async ({ flows }) => {
        const mirror = { name: 'users', ...member }
        const call = flows.call('kv-bucket-create' as string, { bucket: 'copy', mirror })

        expect(await failureOf(call)).toBe('400 KV_INVALID_ARGUMENT')
        expect(await messageOf(call)).toContain(`${place} takes`)
      })
    }
  })

  describe('kv-bucket-create with sources', () => {
    it('makes a bucket that receives from all of them, and can be written', async ({ flows }) => {
      await bodyOf(flows.kvBucketCreate({ bucket: 'orders' }))
      await bodyOf(flows.kvKeyPut({ bucket: 'users', key: 'a', value: 1 }))
      const sources = [{ name: 'users' }, { name: 'orders', filter_subject: '*' }]

      const created = await bodyOf(flows.kvBucketCreate({ bucket: 'all', sources }))
      await bodyOf(flows.kvKeyPut({ bucket: 'orders', key: 'b', value: 2 }))
      await bodyOf(flows.kvKeyPut({ bucket: 'all', key: 'c', value: 3 }))

      expect(created).toMatchObject({ bucket: 'all', created: true, sources })
      const { items } = await bodyOf(flows.kvKeyList({ bucket: 'all' }))
      expect(items.map(({ key, sequence }) => `${key} ${sequence}`)).toEqual(['a 1', 'b 2', 'c 3'])
    })

    it('keeps its sources when other options are changed', async ({ flows }) => {
      const sources = [{ name: 'users' }]
      await bodyOf(flows.kvBucketCreate({ bucket: 'all', sources }))

      const updated = await bodyOf(flows.kvBucketUpdate({ bucket: 'all', description: 'all' }))

      expect(updated).toMatchObject({ description: 'all', sources })
    })
  })

  describe('kv-bucket-create with a domain', () => {
    for (const [option, given] of [
      ['mirror', { mirror: { name: 'users', domain: 'hub' } }],
      ['sources', { sources: [{ name: 'users', domain: 'hub' }] }],
    ] as const) {
      it(`is refused on a single node: ${option}`, async ({ flows }) => {
        const call = flows.kvBucketCreate({ bucket: 'copy', ...given } as { bucket: string })

        expect(await failureOf(call)).toBe('400 KV_UNSUPPORTED')
        expect(await messageOf(call)).toContain(`${option} takes no domain on this engine`)
      })
    }
  })
}
