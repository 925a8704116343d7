import { limits } from '../codec/limits.ts'
import { all, codeOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function commitTests({ describe, it, expect }: Suite): void {
  describe('a commit of several operations', () => {
    it('answers a result for each, in their order', async ({ bucket }) => {
      await bucket.put('visits', 41)

      const result = await bucket.commit([
        { op: 'put', key: 'alice', value: 'admin' },
        { op: 'increment', key: 'visits' },
        { op: 'delete', key: 'nobody' },
      ])

      expect(result).toEqual({
        ok: true,
        results: [
          { changed: true, revision: 2 },
          { changed: true, revision: 3, number: 42 },
          { changed: false, revision: 0 },
        ],
      })
    })

    it('lets each operation see those before it', async ({ bucket }) => {
      await bucket.commit([
        { op: 'put', key: 'visits', value: 1 },
        { op: 'increment', key: 'visits', by: 10 },
        { op: 'delete', key: 'visits' },
        { op: 'increment', key: 'visits', by: 5 },
      ])

      expect(await bucket.get('visits')).toMatchObject({ value: 5, revision: 4 })
    })

    it('lets a condition see the operations before it', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'put', key: 'alice', value: 1 },
        { op: 'put', key: 'alice', value: 2, ifRevision: 1 },
        { op: 'delete', key: 'alice' },
        { op: 'put', key: 'alice', value: 3, ifAbsent: true },
      ])

      expect(result).toMatchObject({ ok: true })
      expect(await bucket.get('alice')).toMatchObject({ value: 3, revision: 4 })
    })

    it('applies none when a condition fails, whichever', async ({ bucket }) => {
      await bucket.put('bob', 'guest')

      const result = await bucket.commit([
        { op: 'put', key: 'alice', value: 'admin' },
        { op: 'put', key: 'bob', value: 'owner', ifAbsent: true },
        { op: 'put', key: 'carol', value: 'admin' },
      ])

      expect(result).toEqual({ ok: false, conflict: { index: 1, key: 'bob', revision: 1 } })
      expect(await all(bucket.keys())).toEqual(['bob'])
      expect(await bucket.info()).toMatchObject({ revision: 1, keys: 1 })
    })

    it('applies none when an operation meets the wrong type', async ({ bucket }) => {
      await bucket.put('bob', 'guest')

      const call = bucket.commit([
        { op: 'put', key: 'alice', value: 'admin' },
        { op: 'increment', key: 'bob' },
      ])

      expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
      expect(await all(bucket.keys())).toEqual(['bob'])
      expect(await bucket.info()).toMatchObject({ revision: 1 })
    })

    it('applies none when one value is over the limit', async ({ project }) => {
      const notes = await project.createBucket('notes', { valueBytesMax: 5 })

      const call = notes.commit([
        { op: 'put', key: 'short', value: '12345' },
        { op: 'put', key: 'long', value: '123456' },
      ])

      expect(await codeOf(call)).toBe('KV_TOO_LARGE')
      expect(await all(notes.keys())).toEqual([])
    })

    it('numbers the changes without gaps', async ({ bucket }) => {
      const puts = range(5).map((index) => ({ op: 'put', key: `key-${index}`, value: 1 }) as const)

      const result = await bucket.commit([...puts, { op: 'delete', key: 'none' }, ...puts])

      const revisions = result.ok ? result.results.map(({ revision }) => revision) : []
      expect(revisions).toEqual([1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 10])
    })

    it('writes all at one instant', async ({ bucket, clock }) => {
      await bucket.commit([
        { op: 'put', key: 'alice', value: 1, ttl: 1000 },
        { op: 'put', key: 'bob', value: 1, ttl: 1000 },
      ])

      const entries = await all(bucket.entries())

      const expiresAt = clock.wallMs() + 1000
      expect(entries.map((entry) => entry.expiresAt)).toEqual([expiresAt, expiresAt])
    })

    it('takes as many operations as the limit says', async ({ bucket }) => {
      const puts = range(limits.batchLengthMax).map(
        (index) => ({ op: 'put', key: `key-${index}`, value: index }) as const,
      )

      const result = await bucket.commit(puts)

      expect(result.ok).toBe(true)
      expect(await bucket.info()).toMatchObject({ keys: 10_000, revision: 10_000 })
    })

    it('refuses one operation more', async ({ bucket }) => {
      const deletes = range(limits.batchLengthMax + 1).map(
        (index) => ({ op: 'delete', key: `key-${index}` }) as const,
      )

      expect(await codeOf(bucket.commit(deletes))).toBe('KV_TOO_LARGE')
    })
  })

  describe('a commit of no operations', () => {
    it('succeeds and changes nothing', async ({ bucket }) => {
      expect(await bucket.commit([])).toEqual({ ok: true, results: [] })
      expect(await bucket.info()).toMatchObject({ revision: 0 })
    })

    it('fails where the bucket does not exist', async ({ engine }) => {
      const call = engine.commit({ project: 'shop', bucket: 'nowhere' }, [])

      expect(await codeOf(call)).toBe('KV_BUCKET_NOT_FOUND')
    })
  })

  describe('commits one after the other', () => {
    it('see each other when they were not waited for', async ({ bucket }) => {
      const [, , last] = await Promise.all([
        bucket.put('visits', 1),
        bucket.commit([{ op: 'increment', key: 'visits' }]),
        bucket.commit([{ op: 'increment', key: 'visits' }]),
      ])

      expect(last).toMatchObject({ ok: true, results: [{ revision: 3, number: 3 }] })
    })

    it('do not take each other down when one of them fails', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const calls = [
        bucket.put('before', 1),
        bucket.commit([{ op: 'increment', key: 'alice' }]),
        bucket.put('alice', 'owner', { ifAbsent: true }),
        bucket.put('after', 1),
      ]
      const outcomes = await Promise.all(calls.map((call) => codeOf(call)))

      expect(outcomes).toEqual(['no error', 'KV_WRONG_TYPE', 'no error', 'no error'])
      expect(await all(bucket.keys())).toEqual(['after', 'alice', 'before'])
      expect(await bucket.info()).toMatchObject({ revision: 3 })
    })
  })
}
