import type { Suite } from './suite.ts'

export function getTests({ describe, it, expect }: Suite): void {
  describe('getting a key', () => {
    it('answers undefined when it was never put', async ({ bucket }) => {
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('answers the value with its revision and times', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin')

      expect(await bucket.get('alice')).toEqual({
        key: 'alice',
        value: 'admin',
        revision: 1,
        createdAt: clock.wallMs(),
        updatedAt: clock.wallMs(),
      })
    })

    it('answers when the value expires', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1500 })

      expect((await bucket.get('alice'))?.expiresAt).toBe(clock.wallMs() + 1500)
    })

    it('answers undefined after it was deleted', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')

      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('does not confuse keys that differ in case, spaces or normal form', async ({ bucket }) => {
      await bucket.put('café', 'composed')

      expect(await bucket.get('cafe\u0301')).toBe(undefined)
      expect(await bucket.get('Café')).toBe(undefined)
      expect(await bucket.get('café ')).toBe(undefined)
    })

    it('gives every caller a value of their own', async ({ bucket }) => {
      await bucket.put('alice', { roles: ['admin'] })

      const first = await bucket.get<{ roles: string[] }>('alice')
      first?.value.roles.push('owner')

      expect((await bucket.get('alice'))?.value).toEqual({ roles: ['admin'] })
    })

    it('is not changed by changing bytes that were read', async ({ bucket }) => {
      await bucket.put('logo', new Uint8Array([1, 2, 3]))

      const first = await bucket.get<Uint8Array>('logo')
      first?.value.fill(0)

      expect((await bucket.get('logo'))?.value).toEqual(new Uint8Array([1, 2, 3]))
    })
  })

  describe('getting a key at once', () => {
    it('answers what get does, or leaves it to get', async ({ bucket, engine, at, clock }) => {
      const check = async (key: string): Promise<void> => {
        const entry = await engine.get(at, key)
        const atOnce = engine.getAtOnce?.(at, key)
        expect(atOnce === undefined ? entry : (atOnce ?? undefined)).toEqual(entry)
      }

      await check('alice')
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await check('alice')
      await bucket.put('alice', 'owner', { ttl: 1000 })
      await check('alice')
      await clock.advance(1000)
      await check('alice')
    })

    it('answers nothing of what has expired or was deleted', async ({
      bucket,
      engine,
      at,
      clock,
    }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await bucket.put('bob', 'guest')
      engine.getAtOnce?.(at, 'alice')
      engine.getAtOnce?.(at, 'bob')

      await clock.advance(1000)
      await bucket.delete('bob')

      expect(engine.getAtOnce?.(at, 'alice') ?? undefined).toBe(undefined)
      expect(engine.getAtOnce?.(at, 'bob') ?? undefined).toBe(undefined)
    })
  })

  describe('reading several keys', () => {
    it('answers in the order asked, with undefined for those missing', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.put('bob', 2)

      const entries = await bucket.getMany(['bob', 'carol', 'alice'])

      expect(entries.map((entry) => entry?.value)).toEqual([2, undefined, 1])
    })

    it('answers a key that is asked for twice both times', async ({ bucket }) => {
      await bucket.put('alice', 1)

      const entries = await bucket.getMany(['alice', 'alice'])

      expect(entries.map((entry) => entry?.value)).toEqual([1, 1])
    })

    it('answers nothing when asked nothing', async ({ bucket }) => {
      expect(await bucket.getMany([])).toEqual([])
    })

    it('tells what is left of a TTL', async ({ bucket, clock }) => {
      await bucket.put('session', 1, { ttl: 1000 })
      await bucket.put('user', 1)
      await clock.advance(400)

      const results = await bucket.read([
        { key: 'session', ttl: true },
        { key: 'user', ttl: true },
        { key: 'nobody', ttl: true },
      ])

      expect(results.map(({ ttlMs }) => ttlMs)).toEqual([600, null, undefined])
    })

    it('never shows half of a commit', async ({ bucket, engine, at }) => {
      await bucket.commit(pair(0))

      const writing = writePairs(20)
      const torn = await countTorn(20)
      await writing

      expect(torn).toBe(0)

      async function writePairs(count: number): Promise<void> {
        for (let number = 1; number <= count; number++) await bucket.commit(pair(number))
      }
      async function countTorn(count: number): Promise<number> {
        let found = 0
        for (let round = 0; round < count; round++) {
          const reads = await engine.read(at, [{ key: 'left' }, { key: 'right' }])
          const values = reads.map(({ entry }) => entry?.value.data)
          if (engine.capabilities.readSnapshot && values[0] !== values[1]) found++
        }
        return found
      }
    })
  })

  describe('getting a key at a revision', () => {
    it('answers the present entry at its own revision', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      expect((await bucket.get('alice', { revision: 1 }))?.value).toBe('admin')
    })

    it('answers undefined at a revision of another key', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('bob', 'guest')

      expect(await bucket.get('alice', { revision: 2 })).toBe(undefined)
    })

    it('answers undefined at a revision that is no longer kept', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('alice', 'owner')

      expect(await bucket.get('alice', { revision: 1 })).toBe(undefined)
    })

    it('answers undefined at a revision that is yet to come', async ({ bucket }) => {
      await bucket.put('alice', 'admin')

      expect(await bucket.get('alice', { revision: 99 })).toBe(undefined)
    })
  })
}

function pair(value: number) {
  return ['left', 'right'].map((key) => ({ op: 'put', key, value }) as const)
}
