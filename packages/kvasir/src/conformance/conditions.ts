import { codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

export function conditionTests({ describe, it, expect }: Suite): void {
  describe('a write with ifAbsent', () => {
    it('creates a key that is missing', async ({ bucket }) => {
      const result = await bucket.put('alice', 'admin', { ifAbsent: true })

      expect(result).toMatchObject({ ok: true, revision: 1 })
    })

    it('answers the conflict when the key exists, and writes nothing', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.put('alice', 'owner', { ifAbsent: true })

      expect(result).toEqual({ ok: false, conflict: { index: 0, key: 'alice', revision: 1 } })
      expect(await bucket.get('alice')).toMatchObject({ value: 'admin', revision: 1 })
    })

    it('counts a stored null as existing', async ({ bucket }) => {
      await bucket.put('alice', null)

      expect(await bucket.put('alice', 'owner', { ifAbsent: true })).toMatchObject({ ok: false })
    })

    it('counts a deleted key as absent', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')

      const result = await bucket.put('alice', 'owner', { ifAbsent: true })

      expect(result).toMatchObject({ ok: true, revision: 3 })
    })

    it('counts an expired key as absent', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const result = await bucket.put('alice', 'owner', { ifAbsent: true })

      expect(result).toMatchObject({ ok: true })
      expect((await bucket.get('alice'))?.value).toBe('owner')
    })

    it('holds off an increment of a key that exists', async ({ bucket }) => {
      await bucket.put('visits', 5)

      const result = await bucket.commit([{ op: 'increment', key: 'visits', ifAbsent: true }])

      expect(result).toEqual({ ok: false, conflict: { index: 0, key: 'visits', revision: 1 } })
    })
  })

  describe('a write with ifRevision', () => {
    it('writes when the key is at that revision', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.put('alice', 'owner', { ifRevision: 1 })

      expect(result).toMatchObject({ ok: true, revision: 2 })
    })

    it('answers the conflict with the present revision when it is not', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('alice', 'guest')

      const result = await bucket.put('alice', 'owner', { ifRevision: 1 })

      expect(result).toEqual({ ok: false, conflict: { index: 0, key: 'alice', revision: 2 } })
      expect((await bucket.get('alice'))?.value).toBe('guest')
    })

    it('answers revision 0 when the key is missing', async ({ bucket }) => {
      const result = await bucket.put('alice', 'owner', { ifRevision: 7 })

      expect(result).toEqual({ ok: false, conflict: { index: 0, key: 'alice', revision: 0 } })
    })

    it('means absent with 0', async ({ bucket }) => {
      const first = await bucket.put('alice', 'admin', { ifRevision: 0 })
      const second = await bucket.put('alice', 'owner', { ifRevision: 0 })

      expect(first).toMatchObject({ ok: true })
      expect(second).toMatchObject({ ok: false, conflict: { revision: 1 } })
    })

    it('finds an expired key absent', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const result = await bucket.put('alice', 'owner', { ifRevision: 1 })

      expect(result).toMatchObject({ ok: false, conflict: { revision: 0 } })
    })

    it('does not take the revision of another key', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('bob', 'guest')

      expect(await bucket.put('alice', 'owner', { ifRevision: 2 })).toMatchObject({ ok: false })
    })

    it('does not take the revision of the removal for the key', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')

      expect(await bucket.put('alice', 'owner', { ifRevision: 2 })).toMatchObject({
        ok: false,
        conflict: { revision: 0 },
      })
    })

    it('guards a delete', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const stale = await bucket.delete('alice', { ifRevision: 9 })
      const fresh = await bucket.delete('alice', { ifRevision: 1 })

      expect(stale).toMatchObject({ ok: false, conflict: { revision: 1 } })
      expect(fresh).toMatchObject({ ok: true, changed: true })
    })

    it('guards a purge, a touch and a patch', async ({ bucket }) => {
      await bucket.put('alice', { role: 'admin' })

      const results = await Promise.all([
        bucket.commit([{ op: 'purge', key: 'alice', ifRevision: 9 }]),
        bucket.commit([{ op: 'touch', key: 'alice', ttl: 5, ifRevision: 9 }]),
        bucket.commit([{ op: 'patch', key: 'alice', fields: { a: 1 }, ifRevision: 9 }]),
      ])

      expect(results.map(({ ok }) => ok)).toEqual([false, false, false])
      expect(await bucket.get('alice')).toMatchObject({ revision: 1, value: { role: 'admin' } })
    })

    it('refuses a revision that is none', async ({ bucket }) => {
      expect(await codeOf(bucket.put('alice', 1, { ifRevision: -1 }))).toBe('KV_INVALID_ARGUMENT')
      expect(await codeOf(bucket.put('alice', 1, { ifRevision: 1.5 }))).toBe('KV_INVALID_ARGUMENT')
    })
  })

  describe('conditions', () => {
    it('are refused when both are given', async ({ bucket }) => {
      const call = bucket.put('alice', 1, { ifAbsent: true, ifRevision: 0 })

      expect(await codeOf(call)).toBe('KV_INVALID_ARGUMENT')
    })

    it('are none when ifAbsent is false', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      expect(await bucket.put('alice', 'owner', { ifAbsent: false })).toMatchObject({ ok: true })
    })
  })
}
