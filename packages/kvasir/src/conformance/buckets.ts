import type { BucketConfig } from '../engine/engine.ts'
import { all, codeOf, errorOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

const settings: BucketConfig = {
  description: 'who is here',
  ttlMs: 60_000,
  history: 3,
  bytesMax: 1_000_000,
  valueBytesMax: 1000,
  metadata: { team: 'web', __proto__x: 'odd' },
}

export function bucketTests({ describe, it, expect }: Suite): void {
  describe('creating a bucket', () => {
    it('makes it with the settings given', async ({ engine, clock }) => {
      const result = await engine.createBucket({ project: 'shop', bucket: 'sessions' }, settings)

      expect(result).toEqual({
        created: true,
        info: {
          name: 'sessions',
          config: settings,
          createdAt: clock.wallMs(),
          revision: 0,
          keys: 0,
          bytes: 0,
        },
      })
    })

    it('leaves one with the same settings as it is', async ({ engine, project }) => {
      const sessions = await project.createBucket('sessions', settings)
      await sessions.put('alice', 1)

      const result = await engine.createBucket({ project: 'shop', bucket: 'sessions' }, settings)

      expect(result).toMatchObject({ created: false, info: { keys: 1, revision: 1 } })
    })

    it('refuses other settings than it has, naming those that differ', async ({ project }) => {
      await project.createBucket('sessions', settings)

      const other = { ...settings, history: 4, metadata: {} }
      const error = await errorOf(project.createBucket('sessions', other))

      expect(error.code).toBe('KV_BUCKET_EXISTS')
      expect(error.message).toContain('history')
      expect(error.message).toContain('metadata')
      expect(error.details).toMatchObject({ differing: ['history', 'metadata'] })
    })

    it('has one winner when many create it at once', async ({ engine }) => {
      const at = { project: 'shop', bucket: 'sessions' }

      const results = await Promise.all(range(8).map(() => engine.createBucket(at, settings)))

      expect(results.filter(({ created }) => created)).toHaveLength(1)
    })

    for (const name of ['', 'with space', 'dotted.name', 'ümlaut', 'a/b', 'x'.repeat(65)]) {
      it(`refuses the name ${JSON.stringify(name.slice(0, 12))}`, async ({ project }) => {
        expect(await codeOf(project.createBucket(name))).toBe('KV_INVALID_ARGUMENT')
      })
    }

    it('takes names of 64 letters, digits, - and _', async ({ project }) => {
      const name = `A-z_0${'x'.repeat(59)}`

      expect((await project.createBucket(name)).name).toBe(name)
    })

    const wrong: readonly Partial<BucketConfig>[] = [
      { history: 0 },
      { history: 65 },
      { history: 1.5 },
      { ttlMs: 0 },
      { ttlMs: -1 },
      { bytesMax: 0 },
      { valueBytesMax: 0 },
      { description: 'x'.repeat(4097) },
      { metadata: { many: 'x'.repeat(65_536) } },
    ]
    for (const setting of wrong) {
      const [[name, value] = []] = Object.entries(setting)
      it(`refuses ${name} ${JSON.stringify(value).slice(0, 12)}`, async ({ project }) => {
        const error = await errorOf(project.createBucket('sessions', setting))

        expect(error.code).toBe('KV_INVALID_ARGUMENT')
        expect(error.message).toContain(String(name))
        expect(await codeOf(project.bucket('sessions'))).toBe('KV_BUCKET_NOT_FOUND')
      })
    }
  })

  describe('a bucket that does not exist', () => {
    const nowhere = { project: 'shop', bucket: 'nowhere' }

    it('is not found by any reading', async ({ engine }) => {
      const codes = await Promise.all([
        codeOf(engine.get(nowhere, 'alice')),
        codeOf(engine.read(nowhere, [{ key: 'alice' }])),
        codeOf(engine.list(nowhere, { order: 'key', limit: 1 })),
        codeOf(engine.history(nowhere, 'alice')),
        codeOf(engine.getBucket(nowhere)),
        codeOf(all(engine.watch(nowhere, {}))),
      ])

      expect(new Set(codes)).toEqual(new Set(['KV_BUCKET_NOT_FOUND']))
    })

    it('is not found by any writing', async ({ engine }) => {
      const codes = await Promise.all([
        codeOf(engine.commit(nowhere, [{ op: 'delete', key: 'alice' }])),
        codeOf(engine.updateBucket(nowhere, settings)),
        codeOf(engine.deleteBucket(nowhere)),
        codeOf(engine.purgeBucket(nowhere)),
      ])

      expect(new Set(codes)).toEqual(new Set(['KV_BUCKET_NOT_FOUND']))
    })

    it('has no lock space either', async ({ project }) => {
      const call = project.kv({ bucket: 'nowhere' }).lock('door', { ttl: 1000 })

      expect(await codeOf(call)).toBe('KV_BUCKET_NOT_FOUND')
    })

    it('is named in the error, with its project', async ({ project }) => {
      const error = await errorOf(project.bucket('nowhere'))

      expect(error.message).toContain('"nowhere"')
      expect(error.details).toMatchObject({ project: 'shop', bucket: 'nowhere' })
    })
  })

  describe('the bucket default', () => {
    it('is there from the start, in every project', async ({ store }) => {
      const bucket = await store.project('never-seen').bucket()

      expect(await bucket.info()).toMatchObject({
        name: 'default',
        keys: 0,
        config: { history: 1 },
      })
    })

    it('is the same whether it is created or not', async ({ engine }) => {
      const config = { description: '', history: 1, metadata: {} }

      const result = await engine.createBucket({ project: 'new', bucket: 'default' }, config)

      expect(result.created).toBe(false)
    })

    it('cannot be created with other settings', async ({ store }) => {
      const call = store.project('new').createBucket('default', { history: 5 })

      expect(await codeOf(call)).toBe('KV_BUCKET_EXISTS')
    })

    it('may be updated', async ({ bucket }) => {
      await bucket.configure({ history: 5, description: 'everything' })

      expect(await bucket.info()).toMatchObject({
        config: { history: 5, description: 'everything' },
      })
    })

    it('may be purged', async ({ bucket }) => {
      await bucket.put('alice', 1)

      expect(await bucket.purge()).toMatchObject({ keys: 1 })
      expect(await bucket.info()).toMatchObject({ keys: 0 })
    })

    it('cannot be deleted', async ({ project, bucket }) => {
      await bucket.put('alice', 1)

      expect(await codeOf(project.deleteBucket('default'))).toBe('KV_INVALID_ARGUMENT')
      expect((await bucket.get('alice'))?.value).toBe(1)
    })
  })

  describe('updating a bucket', () => {
    it('replaces its settings and answers it', async ({ project }) => {
      const sessions = await project.createBucket('sessions', { metadata: { team: 'web' } })

      const info = await sessions.configure(settings)

      expect(info.config).toEqual(settings)
      expect((await sessions.info()).config).toEqual(settings)
    })

    it('leaves settings that are not named', async ({ project }) => {
      const sessions = await project.createBucket('sessions', settings)

      await sessions.configure({ description: 'other' })

      expect((await sessions.info()).config).toEqual({ ...settings, description: 'other' })
    })

    it('takes a setting away with undefined', async ({ project }) => {
      const sessions = await project.createBucket('sessions', settings)

      const info = await sessions.configure({ bytesMax: undefined as unknown as number })

      expect(info.config.bytesMax).toBe(undefined)
      expect(info.config.ttlMs).toBe(60_000)
    })

    it('changes all that several callers change at once', async ({ project }) => {
      const sessions = await project.createBucket('sessions', { bytesMax: 10, valueBytesMax: 10 })
      const republish = { dest: 'sessions.>' }

      await Promise.all([
        sessions.configure({ description: 'who is here' }),
        sessions.configure({ history: 5, valueBytesMax: null }),
        sessions.configure({ ttlMs: 60_000 }),
        sessions.configure({ bytesMax: 1000 }),
        sessions.configure({ metadata: { team: 'web' } }),
        sessions.configure({ republish }),
      ])

      expect((await sessions.info()).config).toEqual({
        description: 'who is here',
        history: 5,
        ttlMs: 60_000,
        bytesMax: 1000,
        metadata: { team: 'web' },
        republish,
      })
    })

    it('refuses limits that are not for a bucket which copies others', async ({ project }) => {
      await project.createBucket('orders')
      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })

      const codes = [
        await codeOf(copy.configure({ description: 'a copy', ttlMs: 1000 })),
        await codeOf(copy.configure({ description: 'a copy', valueBytesMax: 10 })),
      ]

      expect(codes).toEqual(['KV_INVALID_ARGUMENT', 'KV_INVALID_ARGUMENT'])
      expect((await copy.info()).config.description).toBe('')
    })

    it('refuses what creating refuses', async ({ project }) => {
      const sessions = await project.createBucket('sessions')

      expect(await codeOf(sessions.configure({ history: 0 }))).toBe('KV_INVALID_ARGUMENT')
    })

    it('takes no revision and touches no entry', async ({ project }) => {
      const sessions = await project.createBucket('sessions')
      await sessions.put('alice', 1)

      await sessions.configure({ history: 5, description: 'other' })

      expect(await sessions.info()).toMatchObject({ revision: 1, keys: 1 })
      expect(await sessions.get('alice')).toMatchObject({ value: 1, revision: 1 })
    })
  })
}
