import { codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

export function touchTests({ describe, it, expect }: Suite): void {
  describe('touching a key', () => {
    it('sets its TTL and takes a revision, leaving value and creation', async (scene) => {
      const { bucket, clock } = scene
      const createdAt = clock.wallMs()
      await bucket.put('alice', { role: 'admin' })
      await clock.advance(100)

      const result = await bucket.commit([{ op: 'touch', key: 'alice', ttl: 1000 }])

      const expiresAt = clock.wallMs() + 1000
      expect(result).toEqual({ ok: true, results: [{ changed: true, revision: 2, expiresAt }] })
      expect(await bucket.get('alice')).toEqual({
        key: 'alice',
        value: { role: 'admin' },
        revision: 2,
        createdAt,
        updatedAt: clock.wallMs(),
        expiresAt,
      })
    })

    it('removes its TTL when given null', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })

      const result = await bucket.commit([{ op: 'touch', key: 'alice', ttl: null }])
      await clock.advance(5000)

      expect(result).toEqual({ ok: true, results: [{ changed: true, revision: 2 }] })
      expect((await bucket.get('alice'))?.value).toBe('admin')
    })

    it('changes nothing when there is no TTL to remove', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.commit([{ op: 'touch', key: 'alice', ttl: null }])

      expect(result).toEqual({ ok: true, results: [{ changed: false, revision: 1 }] })
    })

    it('leaves a missing key missing', async ({ bucket }) => {
      const result = await bucket.commit([{ op: 'touch', key: 'alice', ttl: 1000 }])

      expect(result).toEqual({ ok: true, results: [{ changed: false, revision: 0 }] })
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('does not bring back an expired key', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const result = await bucket.commit([{ op: 'touch', key: 'alice', ttl: 60_000 }])

      expect(result).toMatchObject({ results: [{ changed: false, revision: 0 }] })
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('may set an instant', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 777
      await bucket.put('alice', 'admin')

      await bucket.commit([{ op: 'touch', key: 'alice', expiresAt }])

      expect((await bucket.get('alice'))?.expiresAt).toBe(expiresAt)
    })

    it('refuses an instant that has passed, and leaves the key', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin')

      const call = bucket.commit([{ op: 'touch', key: 'alice', expiresAt: clock.wallMs() }])

      expect(await codeOf(call)).toBe('KV_INVALID_TTL')
      expect(await bucket.get('alice')).toMatchObject({ revision: 1 })
    })
  })
}
