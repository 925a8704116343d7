import { all, codeOf, errorOf } from './observe.ts'
import type { Suite } from './suite.ts'

const storage = 'memory'

export function bucketStorageTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('a bucket with its values in memory', () => {
    it('is used as any other', async ({ project }) => {
      const bucket = await project.createBucket('presence', { storage, history: 2 })

      await bucket.put('ada', { n: 1 })
      await bucket.commit([{ op: 'increment', key: 'ada', fields: { n: 1 } }])
      await bucket.put('bob', 'x', { ttl: '1h' })
      await bucket.delete('bob')

      expect((await all(bucket.entries())).map(({ value }) => value)).toEqual([{ n: 2 }])
      expect(await bucket.history('ada')).toHaveLength(2)
      expect(await bucket.info()).toMatchObject({ revision: 4, keys: 1 })
    })

    itWherePersistent('has its configuration and its numbering after a restart', async (scene) => {
      const config = { storage, history: 3, description: 'who is here' } as const
      const before = await scene.project.createBucket('presence', config)
      await before.put('ada', 1)
      const { createdAt } = await before.info()

      const { project } = await scene.reopen()
      const after = await project.bucket('presence')
      const written = await after.put('bob', 2)

      expect(await after.info()).toMatchObject({ config, createdAt })
      expect(written.ok && written.revision).toBeGreaterThan(1)
    })

    it('is the same as one without when it is given "file"', async ({ project, engine }) => {
      await project.createBucket('plain', { storage: 'file' })
      const at = { project: 'shop', bucket: 'plain' }
      const config = { description: '', history: 1, metadata: {} }

      const again = await engine.createBucket(at, config)
      const error = await errorOf(engine.createBucket(at, { ...config, storage }))

      expect(again).toMatchObject({ created: false, info: { config } })
      expect(error.code).toBe('KV_BUCKET_EXISTS')
      expect(error.details).toMatchObject({ differing: ['storage'] })
    })

    it('stays what it is for its whole life', async ({ project }) => {
      const bucket = await project.createBucket('presence', { storage })
      const plain = await project.createBucket('plain')

      const errors = await Promise.all([
        errorOf(bucket.configure({ storage: 'file' })),
        errorOf(plain.configure({ storage })),
      ])
      await bucket.configure({ storage, description: 'who is here' })

      expect(errors.map(({ code }) => code)).toEqual(['KV_INVALID_ARGUMENT', 'KV_INVALID_ARGUMENT'])
      expect(errors[0]?.message).toContain('storage')
      expect((await bucket.info()).config).toMatchObject({ storage, description: 'who is here' })
      expect((await plain.info()).config).toEqual({ description: '', history: 1, metadata: {} })
    })

    it('takes "file" or "memory" and nothing else', async ({ project }) => {
      const call = project.createBucket('presence', { storage: 'disk' as 'file' })

      expect(await codeOf(call)).toBe('KV_INVALID_ARGUMENT')
    })

    it('is in memory in what the functions say of it', async ({ project }) => {
      const flows = project.flows()

      const created = await flows.kvBucketCreate({ bucket: 'presence', storage })
      const updated = await flows.kvBucketUpdate({ bucket: 'presence', history: 2 })

      expect(created.body).toMatchObject({ created: true, storage })
      expect(updated.body).toMatchObject({ storage, history: 2 })
    })
  })
}
