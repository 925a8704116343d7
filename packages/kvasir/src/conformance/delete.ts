import { all } from './observe.ts'
import type { Suite } from './suite.ts'

export function deleteTests({ describe, it, expect }: Suite): void {
  describe('deleting a key', () => {
    it('removes it and takes a revision', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.delete('alice')

      expect(result).toEqual({ ok: true, changed: true, revision: 2 })
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('takes no revision when the key is missing', async ({ bucket }) => {
      const result = await bucket.delete('alice')

      expect(result).toEqual({ ok: true, changed: false, revision: 0 })
      expect(await bucket.put('bob', 1)).toMatchObject({ revision: 1 })
    })

    it('finds nothing the second time', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')

      expect(await bucket.delete('alice')).toMatchObject({ changed: false, revision: 0 })
    })

    it('finds nothing when the key has expired', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      expect(await bucket.delete('alice')).toMatchObject({ changed: false })
    })

    it('never lets its revision be used again', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')

      expect(await bucket.put('alice', 'admin')).toMatchObject({ revision: 3 })
    })

    it('gives the entry from before when asked for it', async ({ bucket }) => {
      await bucket.put('alice', { role: 'admin' })

      const result = await bucket.delete('alice', { previous: true })

      expect(result).toMatchObject({ previous: { value: { role: 'admin' }, revision: 1 } })
    })

    it('takes it out of listings and figures', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('bob', 'guest')

      await bucket.delete('alice')

      expect(await all(bucket.keys())).toEqual(['bob'])
      expect(await bucket.info()).toMatchObject({ keys: 1, bytes: 'bobguest'.length, revision: 3 })
    })

    it('leaves nothing of its TTL to a later value', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await bucket.delete('alice')

      await bucket.put('alice', 'owner', { keepTtl: true })
      await clock.advance(5000)

      expect((await bucket.get('alice'))?.value).toBe('owner')
    })
  })

  describe('deleting fields of a record', () => {
    it('removes them and keeps the rest, the TTL too', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('alice', { name: 'Alice', age: 30, city: 'Oslo' }, { ttl: 1000 })

      await bucket.commit([{ op: 'delete', key: 'alice', fields: ['age', 'city'] }])

      expect(await bucket.get('alice')).toMatchObject({ value: { name: 'Alice' }, expiresAt })
    })

    it('keeps the record when its last field goes', async ({ bucket }) => {
      await bucket.put('alice', { name: 'Alice' })

      await bucket.commit([{ op: 'delete', key: 'alice', fields: ['name'] }])

      expect((await bucket.get('alice'))?.value).toEqual({})
    })

    it('changes nothing when none of them exists', async ({ bucket }) => {
      await bucket.put('alice', { name: 'Alice' })

      const result = await bucket.commit([{ op: 'delete', key: 'alice', fields: ['age'] }])

      expect(result).toMatchObject({ results: [{ changed: false, revision: 1 }] })
    })

    it('creates nothing when the record is missing', async ({ bucket }) => {
      const result = await bucket.commit([{ op: 'delete', key: 'alice', fields: ['age'] }])

      expect(result).toMatchObject({ results: [{ changed: false, revision: 0 }] })
      expect(await bucket.get('alice')).toBe(undefined)
    })
  })

  describe('purging a key', () => {
    it('removes it and takes a revision', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      const result = await bucket.commit([{ op: 'purge', key: 'alice' }])

      expect(result).toMatchObject({ results: [{ changed: true, revision: 2 }] })
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('takes no revision when nothing is known of the key', async ({ bucket }) => {
      const result = await bucket.commit([{ op: 'purge', key: 'alice' }])

      expect(result).toMatchObject({ results: [{ changed: false, revision: 0 }] })
      expect(await bucket.info()).toMatchObject({ revision: 0 })
    })
  })
}
