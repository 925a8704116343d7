import { all } from './observe.ts'
import type { Suite } from './suite.ts'

export function putTests({ describe, it, expect }: Suite): void {
  describe('putting a key', () => {
    it('answers the revision that it took', async ({ bucket }) => {
      expect(await bucket.put('alice', 'admin')).toEqual({ ok: true, changed: true, revision: 1 })
    })

    it('replaces the value and advances the revision', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.put('alice', { role: 'owner' })

      expect(result).toMatchObject({ ok: true, revision: 2 })
      expect(await bucket.get('alice')).toMatchObject({ value: { role: 'owner' }, revision: 2 })
    })

    it('advances the revision also when the value is the same', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      expect(await bucket.put('alice', 'admin')).toMatchObject({ changed: true, revision: 2 })
    })

    it('keeps createdAt and moves updatedAt', async ({ bucket, clock }) => {
      const createdAt = clock.wallMs()
      await bucket.put('alice', 'admin')
      await clock.advance(1000)

      await bucket.put('alice', 'owner')

      const entry = await bucket.get('alice')
      expect(entry).toMatchObject({ createdAt, updatedAt: createdAt + 1000 })
    })

    it('begins a new createdAt after the key was gone', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')
      await clock.advance(1000)

      await bucket.put('alice', 'admin')

      expect((await bucket.get('alice'))?.createdAt).toBe(clock.wallMs())
    })

    it('leaves other keys alone', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('bob', 'guest')

      await bucket.put('alice', 'owner')

      expect(await bucket.get('bob')).toMatchObject({ value: 'guest', revision: 2 })
    })

    it('makes a key permanent that had a TTL', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })

      await bucket.put('alice', 'owner')
      await clock.advance(10_000)

      expect((await bucket.get('alice'))?.value).toBe('owner')
    })

    it('keeps the expiry with keepTtl', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await clock.advance(400)

      const result = await bucket.put('alice', 'owner', { keepTtl: true })

      expect(result).toMatchObject({ expiresAt })
    })

    it('expires at an instant given as a Date', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 5000

      await bucket.put('alice', 'admin', { expiresAt: new Date(expiresAt) })

      expect((await bucket.get('alice'))?.expiresAt).toBe(expiresAt)
    })

    it('starts an initial TTL when it creates the key, and leaves it after', async (scene) => {
      const { bucket, clock } = scene
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('alice', 1, { initialTtl: 1000 })
      await clock.advance(400)

      await bucket.put('alice', 2, { initialTtl: 1000 })

      expect(await bucket.get('alice')).toMatchObject({ value: 2, expiresAt })
    })

    it('gives the entry from before when asked for it', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.commit([
        { op: 'put', key: 'alice', value: 'owner', previous: true },
      ])

      expect(result).toMatchObject({
        ok: true,
        results: [{ revision: 2, previous: { value: 'admin', revision: 1 } }],
      })
    })

    it('gives no entry from before when there was none', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'put', key: 'alice', value: 'owner', previous: true },
      ])

      expect(result).toEqual({ ok: true, results: [{ changed: true, revision: 1 }] })
    })

    it('is not changed by changing the object that was put', async ({ bucket }) => {
      const user = { roles: ['admin'] }
      const writing = bucket.put('alice', user)

      user.roles.push('owner')
      await writing

      expect((await bucket.get('alice'))?.value).toEqual({ roles: ['admin'] })
    })

    it('is not changed by changing the bytes that were put', async ({ bucket }) => {
      const bytes = new Uint8Array([1, 2, 3])
      const writing = bucket.put('logo', bytes)

      bytes.fill(0)
      await writing

      expect((await bucket.get('logo'))?.value).toEqual(new Uint8Array([1, 2, 3]))
    })

    it('replaces a value of one kind by one of any other', async ({ bucket }) => {
      await bucket.put('alice', 'text')
      await bucket.put('alice', { a: 1 })
      await bucket.put('alice', new Uint8Array([1]))
      await bucket.put('alice', [1, 2])
      await bucket.put('alice', null)

      expect(await bucket.get('alice')).toMatchObject({ value: null, revision: 5 })
      expect(await all(bucket.keys())).toEqual(['alice'])
    })
  })
}
