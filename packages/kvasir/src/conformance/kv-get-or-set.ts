import { range } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvGetOrSetTests({ describe, it, expect }: Suite): void {
  describe('kv.getEntry', () => {
    it('gives the value with its revision and times', async ({ kv, clock }) => {
      const createdAt = clock.wallMs()
      await kv.set('alice', 1)
      await clock.advance(100)
      await kv.set('alice', 2, 1000)

      expect(await kv.getEntry('alice')).toEqual({
        key: 'alice',
        value: 2,
        revision: 2,
        createdAt,
        updatedAt: createdAt + 100,
        expiresAt: createdAt + 1100,
      })
    })

    it('gives null when the key does not exist', async ({ kv }) => {
      expect(await kv.getEntry('alice')).toBe(null)
    })
  })

  describe('kv.getAndDelete', () => {
    it('gives the value and removes the key', async ({ kv }) => {
      await kv.set('ticket', { seat: 7 })

      expect(await kv.getAndDelete('ticket')).toEqual({ seat: 7 })
      expect(await kv.getAndDelete('ticket')).toBe(null)
    })

    it('gives the value to one of many', async ({ kv }) => {
      await kv.set('ticket', 'seat 7')

      const values = await Promise.all(range(16).map(() => kv.getAndDelete('ticket')))

      expect(values.filter((value) => value !== null)).toEqual(['seat 7'])
    })

    it('gives null when the key has expired', async ({ kv, clock }) => {
      await kv.set('ticket', 'seat 7', 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.getAndDelete('ticket')).toBe(null)
    })
  })

  describe('kv.getOrSet', () => {
    it('gives the value there is, and makes none', async ({ kv }) => {
      await kv.set('page', 'stored')
      let made = 0

      const page = await kv.getOrSet('page', () => {
        made++
        return 'made'
      })

      expect([page, made]).toEqual(['stored', 0])
    })

    it('stores and gives what it makes when there is none', async ({ kv }) => {
      const page = await kv.getOrSet('page', async () => 'made', { ttl: '1h' })

      expect(page).toBe('made')
      expect(await kv.get('page')).toBe('made')
      expect(await kv.ttl('page')).toBe(3_600_000)
    })

    it('makes once for callers at the same time, also of several handles', async (scene) => {
      const { project } = scene
      let made = 0
      const make = async (): Promise<number> => ++made

      const pages = await Promise.all(range(32).map(() => project.kv().getOrSet('page', make)))

      expect(new Set(pages)).toEqual(new Set([1]))
      expect(made).toBe(1)
    })

    it('makes for each project and bucket of its own', async ({ store, project }) => {
      await project.createBucket('sessions')
      const handles = [
        store.project('other').kv(),
        project.kv({ bucket: 'sessions' }),
        project.kv(),
      ]

      const pages = await Promise.all(
        handles.map((kv, index) => kv.getOrSet('page', async () => index)),
      )

      expect(pages).toEqual([0, 1, 2])
    })

    it('counts a stored null as present', async ({ kv }) => {
      await kv.set('page', null)

      expect(await kv.getOrSet<string | null>('page', () => 'made')).toBe(null)
    })

    it('makes anew when the value has expired', async ({ kv, clock }) => {
      await kv.getOrSet('page', () => 'old', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.getOrSet('page', () => 'new')).toBe('new')
    })

    it('passes on what the function throws, and tries again the next time', async ({ kv }) => {
      const refusal = new Error('no page')
      const failing = async (): Promise<string> => {
        throw refusal
      }
      const outcomes = await Promise.allSettled([
        kv.getOrSet('page', failing),
        kv.getOrSet('page', failing),
      ])

      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      expect(await kv.getOrSet('page', () => 'made')).toBe('made')
    })

    it('gives every caller a value of their own', async ({ kv }) => {
      const make = async () => ({ items: ['apple'] })
      const [first, second] = await Promise.all([
        kv.getOrSet('cart', make),
        kv.getOrSet('cart', make),
      ])

      first?.items.push('pear')

      expect(second).toEqual({ items: ['apple'] })
      expect(await kv.get('cart')).toEqual({ items: ['apple'] })
    })

    it('gives what a later reader gets', async ({ kv }) => {
      const made = await kv.getOrSet<unknown>('page', () => ({ at: new Date(0) }))

      expect(made).toEqual(await kv.get('page'))
    })
  })
}
