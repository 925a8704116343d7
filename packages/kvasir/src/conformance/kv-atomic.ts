import { codeOf, errorOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvAtomicTests({ describe, it, expect }: Suite): void {
  describe('kv.set with a condition', () => {
    it('resolves with the new revision', async ({ kv }) => {
      const created = await kv.set('alice', 1, { ifAbsent: true })
      const replaced = await kv.set('alice', 2, { ifRevision: created })

      expect([created, replaced]).toEqual([1, 2])
    })

    it('throws KV_CONFLICT with the present revision, and writes nothing', async ({ kv }) => {
      await kv.set('alice', 1)
      await kv.set('alice', 2)

      const absent = await errorOf(kv.set('alice', 3, { ifAbsent: true }))
      const stale = await errorOf(kv.set('alice', 3, { ifRevision: 1 }))

      expect(absent).toMatchObject({ code: 'KV_CONFLICT', details: { revision: 2, key: 'alice' } })
      expect(stale).toMatchObject({ code: 'KV_CONFLICT', details: { revision: 2 } })
      expect(await kv.get('alice')).toBe(2)
    })

    it('means absent by ifRevision 0', async ({ kv }) => {
      expect(await kv.set('alice', 1, { ifRevision: 0 })).toBe(1)
      expect(await codeOf(kv.set('alice', 1, { ifRevision: 0 }))).toBe('KV_CONFLICT')
    })

    it('is none as ifAbsent false or undefined', async ({ kv }) => {
      await kv.set('alice', 1)

      await kv.set('alice', 2, { ifAbsent: false })
      await kv.set('alice', 3, { ifAbsent: undefined as unknown as boolean })

      expect(await kv.get('alice')).toBe(3)
    })

    it('is refused when both conditions are given', async ({ kv }) => {
      const both = { ifAbsent: true, ifRevision: 0 }

      expect(await codeOf(kv.set('alice', 1, both))).toBe('KV_INVALID_ARGUMENT')
      expect(await kv.has('alice')).toBe(false)
    })

    it('takes a TTL beside it', async ({ kv }) => {
      await kv.set('alice', 1, { ttl: '1h', ifAbsent: true })

      expect(await kv.ttl('alice')).toBe(3_600_000)
    })
  })

  describe('kv.increment', () => {
    it('gives the new number, from 0 for a missing key', async ({ kv }) => {
      expect(await kv.increment('visits')).toBe(1)
      expect(await kv.increment('visits', 10)).toBe(11)
      expect(await kv.increment('visits', -1.5)).toBe(9.5)
      expect(await kv.get('visits')).toBe(9.5)
    })

    it('takes a canonical numeric string', async ({ kv }) => {
      await kv.set('visits', '10')

      expect(await kv.increment('visits')).toBe(11)
    })

    it('refuses what is no number', async ({ kv }) => {
      await kv.set('visits', 'many')

      expect(await codeOf(kv.increment('visits'))).toBe('KV_WRONG_TYPE')
      expect(await kv.get('visits')).toBe('many')
    })

    it('refuses a result that is not finite', async ({ kv }) => {
      await kv.set('visits', Number.MAX_VALUE)

      expect(await codeOf(kv.increment('visits', Number.MAX_VALUE))).toBe('KV_INVALID_VALUE')
    })

    for (const by of [Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      it(`refuses to add the ${typeof by} ${by}`, async ({ kv }) => {
        expect(await codeOf(kv.increment('visits', by as number))).toBe('KV_INVALID_ARGUMENT')
        expect(await kv.has('visits')).toBe(false)
      })
    }

    it('keeps the TTL unless one is given', async ({ kv, clock }) => {
      await kv.set('visits', 1, 1000)
      await clock.advance(100)

      await kv.increment('visits')
      const kept = await kv.ttl('visits')
      await kv.increment('visits', 1, { ttl: 5000 })

      expect(kept).toBe(900)
      expect(await kv.ttl('visits')).toBe(5000)
    })

    it('adds exactly 64 when 64 run at once', async ({ kv }) => {
      await Promise.all(range(64).map(() => kv.increment('visits')))

      expect(await kv.get('visits')).toBe(64)
    })
  })

  describe('kv.update', () => {
    it('stores what the function makes of the value, and gives it', async ({ kv }) => {
      await kv.set('cart', ['apple'])

      const cart = await kv.update<string[]>('cart', (items) => [...(items ?? []), 'pear'])

      expect(cart).toEqual(['apple', 'pear'])
      expect(await kv.get('cart')).toEqual(['apple', 'pear'])
    })

    it('is given null for a missing key', async ({ kv }) => {
      const seen: unknown[] = []

      await kv.update('cart', (items) => {
        seen.push(items)
        return ['apple']
      })

      expect(seen).toEqual([null])
      expect(await kv.get('cart')).toEqual(['apple'])
    })

    it('loses nothing when 64 run at once', async ({ kv }) => {
      await Promise.all(range(64).map(() => kv.update<number>('n', async (n) => (n ?? 0) + 1)))

      expect(await kv.get('n')).toBe(64)
    })

    it('writes nothing when the function throws, and passes that on', async ({ kv }) => {
      await kv.set('cart', ['apple'])
      const refusal = new Error('not today')

      const outcome = await kv
        .update('cart', () => {
          throw refusal
        })
        .catch((error: unknown) => error)

      expect(outcome).toBe(refusal)
      expect(await kv.getEntry('cart')).toMatchObject({ value: ['apple'], revision: 1 })
    })

    it('refuses what cannot be stored', async ({ kv }) => {
      await kv.set('cart', ['apple'])

      expect(await codeOf(kv.update<unknown>('cart', () => undefined))).toBe('KV_INVALID_VALUE')
      expect(await kv.get('cart')).toEqual(['apple'])
    })

    it('keeps the TTL unless one is given', async ({ kv, clock }) => {
      await kv.set('n', 1, 1000)
      await clock.advance(100)

      await kv.update<number>('n', (n) => (n ?? 0) + 1)
      const kept = await kv.ttl('n')
      await kv.update<number>('n', (n) => (n ?? 0) + 1, { ttl: '5s' })
      const given = await kv.ttl('n')
      await kv.update<number>('n', (n) => (n ?? 0) + 1, { ttl: null })

      expect([kept, given, await kv.ttl('n')]).toEqual([900, 5000, undefined])
    })

    it('gives a value of the caller’s own', async ({ kv }) => {
      const stored = { items: ['apple'], at: new Date(0) }

      const given = await kv.update<unknown>('cart', () => stored)

      expect(given).toEqual({ items: ['apple'], at: '1970-01-01T00:00:00.000Z' })
      expect(given === stored).toBe(false)
    })
  })

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
