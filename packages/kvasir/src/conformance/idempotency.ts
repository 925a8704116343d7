import type { BucketOperation } from '../front/bucket-operation.ts'
import { codeOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

const options = { idempotencyKey: 'request-1' }
const visit: readonly BucketOperation[] = [{ op: 'increment', key: 'visits' }]

export function idempotencyTests({ describe, it, expect }: Suite): void {
  describe('a commit repeated under its idempotency key', () => {
    it('is applied once and answered as the first time', async ({ bucket }) => {
      const first = await bucket.commit(visit, options)
      await bucket.put('other', 1)

      const again = await bucket.commit(visit, options)

      expect(again).toEqual(first)
      expect(await bucket.get('visits')).toMatchObject({ value: 1, revision: 1 })
    })

    it('answers the same previous value, elements and members', async ({ bucket }) => {
      await bucket.put('queue', { jobs: ['a', 'b'] })
      const shift: BucketOperation[] = [
        { op: 'shift', key: 'queue', fields: { jobs: 1 }, previous: true },
        { op: 'add', type: 'string', key: 'post', fields: { tags: ['x'] } },
      ]

      const first = await bucket.commit(shift, options)
      const again = await bucket.commit(shift, options)

      expect(first).toMatchObject({ results: [{ elements: { jobs: ['a'] } }, { changed: true }] })
      expect(again).toEqual(first)
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['b'] })
    })

    it('is applied once when both are under way together', async ({ bucket }) => {
      const results = await Promise.all(range(8).map(() => bucket.commit(visit, options)))

      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1)
      expect((await bucket.get('visits'))?.value).toBe(1)
    })

    it('does not bring back what was deleted since', async ({ bucket }) => {
      const put: BucketOperation[] = [{ op: 'put', key: 'alice', value: 1 }]
      await bucket.commit(put, options)
      await bucket.delete('alice')

      const again = await bucket.commit(put, options)

      expect(again).toMatchObject({ ok: true, results: [{ revision: 1 }] })
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('is refused with other operations, which are not applied', async ({ bucket }) => {
      await bucket.commit(visit, options)

      const call = bucket.commit([{ op: 'increment', key: 'visits', by: 2 }], options)

      expect(await codeOf(call)).toBe('KV_IDEMPOTENCY_MISMATCH')
      expect((await bucket.get('visits'))?.value).toBe(1)
    })

    it('is another commit on another bucket or project', async ({ store, project, bucket }) => {
      const sessions = await project.createBucket('sessions')
      const other = await store.project('other').bucket()

      await bucket.commit(visit, options)
      await sessions.commit(visit, options)
      await other.commit(visit, options)

      expect((await sessions.get('visits'))?.value).toBe(1)
      expect((await other.get('visits'))?.value).toBe(1)
    })

    it('is another commit under another key', async ({ bucket }) => {
      await bucket.commit(visit, { idempotencyKey: 'request-1' })
      await bucket.commit(visit, { idempotencyKey: 'request-2' })

      expect((await bucket.get('visits'))?.value).toBe(2)
    })

    it('is remembered for ten minutes', async ({ bucket, clock }) => {
      await bucket.commit(visit, options)

      await clock.advance(10 * 60_000 - 1)
      await bucket.commit(visit, options)
      const within = await bucket.get('visits')
      await clock.advance(60_000)
      await bucket.commit(visit, options)

      expect(within?.value).toBe(1)
      expect((await bucket.get('visits'))?.value).toBe(2)
    })
  })

  describe('a commit that applied nothing', () => {
    it('is not remembered when its condition failed', async ({ bucket }) => {
      await bucket.put('alice', 1)
      const put: BucketOperation[] = [{ op: 'put', key: 'alice', value: 2, ifAbsent: true }]
      await bucket.commit(put, options)
      await bucket.delete('alice')

      expect(await bucket.commit(put, options)).toMatchObject({ ok: true })
    })

    it('is not remembered when it failed', async ({ bucket }) => {
      await bucket.put('visits', 'many')
      await codeOf(bucket.commit(visit, options))
      await bucket.put('visits', 1)

      expect(await bucket.commit(visit, options)).toMatchObject({ ok: true })
    })
  })

  describe('an idempotency key', () => {
    for (const idempotencyKey of ['', 'with space', 'ümlaut', 'line\nbreak', 'x'.repeat(129)]) {
      it(`is refused as ${JSON.stringify(idempotencyKey.slice(0, 12))}`, async ({ bucket }) => {
        expect(await codeOf(bucket.commit(visit, { idempotencyKey }))).toBe('KV_INVALID_ARGUMENT')
      })
    }

    it('takes 128 visible characters', async ({ bucket }) => {
      const idempotencyKey = `{"a":'~'}${'x'.repeat(119)}`

      expect(await codeOf(bucket.commit(visit, { idempotencyKey }))).toBe('no error')
    })

    it('works with put and delete', async ({ bucket }) => {
      await bucket.put('alice', 1, options)
      await bucket.put('alice', 1, options)
      await bucket.delete('alice', { idempotencyKey: 'request-2' })
      await bucket.delete('alice', { idempotencyKey: 'request-2' })

      expect(await bucket.info()).toMatchObject({ revision: 2 })
    })
  })
}
