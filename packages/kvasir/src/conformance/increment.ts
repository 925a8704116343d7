import { codeOf, errorOf } from './observe.ts'
import type { Suite } from './suite.ts'

export function incrementTests({ describe, it, expect }: Suite): void {
  describe('incrementing a key', () => {
    it('starts at 0 when it is missing', async ({ bucket }) => {
      const result = await bucket.commit([{ op: 'increment', key: 'visits' }])

      expect(result).toEqual({ ok: true, results: [{ changed: true, revision: 1, number: 1 }] })
      expect((await bucket.get('visits'))?.value).toBe(1)
    })

    const sums: readonly (readonly [found: number | string, by: number, number: number])[] = [
      [1, 1, 2],
      [10, -3, 7],
      [0.5, 0.25, 0.75],
      [5, 0, 5],
      [-1, 1, 0],
      [9_007_199_254_740_000, 991, 9_007_199_254_740_991],
      ['10', 5, 15],
      ['-2.5', 1, -1.5],
    ]
    for (const [found, by, number] of sums) {
      it(`makes ${number} of ${JSON.stringify(found)} by ${by}`, async ({ bucket }) => {
        await bucket.put('visits', found)

        const result = await bucket.commit([{ op: 'increment', key: 'visits', by }])

        expect(result).toMatchObject({ results: [{ number }] })
        expect((await bucket.get('visits'))?.value).toBe(number)
      })
    }

    const noNumbers: readonly (readonly [name: string, value: unknown])[] = [
      ['null', null],
      ['a boolean', true],
      ['words', 'many'],
      ['an empty string', ''],
      ['a number with a leading zero', '010'],
      ['a number with a space', ' 1'],
      ['a number in hexadecimal', '0x10'],
      ['Infinity as text', 'Infinity'],
      ['a list', [1]],
      ['an object', { count: 1 }],
      ['bytes', new Uint8Array([1])],
    ]
    for (const [name, value] of noNumbers) {
      it(`refuses ${name} with KV_WRONG_TYPE and leaves it`, async ({ bucket }) => {
        await bucket.put('visits', value)

        const call = bucket.commit([{ op: 'increment', key: 'visits' }])

        expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
        expect(await bucket.get('visits')).toMatchObject({ value, revision: 1 })
      })
    }

    it('names the key and what it found', async ({ bucket }) => {
      await bucket.put('visits', [1])

      const error = await errorOf(bucket.commit([{ op: 'increment', key: 'visits' }]))

      expect(error.message).toContain('"visits"')
      expect(error.message).toContain('a list')
      expect(error.outcome).toBe('not-applied')
    })

    it('refuses a sum that is not finite', async ({ bucket }) => {
      await bucket.put('visits', Number.MAX_VALUE)

      const call = bucket.commit([{ op: 'increment', key: 'visits', by: Number.MAX_VALUE }])

      expect(await codeOf(call)).toBe('KV_INVALID_VALUE')
      expect(await bucket.get('visits')).toMatchObject({ value: Number.MAX_VALUE, revision: 1 })
    })

    for (const by of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      it(`refuses to add ${by}`, async ({ bucket }) => {
        const call = bucket.commit([{ op: 'increment', key: 'visits', by }])

        expect(await codeOf(call)).toBe('KV_INVALID_ARGUMENT')
        expect(await bucket.get('visits')).toBe(undefined)
      })
    }

    it('keeps the TTL that the key has', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('visits', 1, { ttl: 1000 })
      await clock.advance(400)

      const result = await bucket.commit([{ op: 'increment', key: 'visits' }])

      expect(result).toMatchObject({ results: [{ number: 2, expiresAt }] })
    })

    it('sets a TTL that it is given', async ({ bucket, clock }) => {
      await bucket.put('visits', 1, { ttl: 1000 })
      await clock.advance(400)

      await bucket.commit([{ op: 'increment', key: 'visits', ttl: 1000 }])

      expect((await bucket.get('visits'))?.expiresAt).toBe(clock.wallMs() + 1000)
    })

    it('removes the TTL when it is given null', async ({ bucket }) => {
      await bucket.put('visits', 1, { ttl: 1000 })

      await bucket.commit([{ op: 'increment', key: 'visits', ttl: null }])

      expect((await bucket.get('visits'))?.expiresAt).toBe(undefined)
    })

    it('starts an initial TTL with the first one only', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.commit([{ op: 'increment', key: 'calls', initialTtl: 1000 }])
      await clock.advance(999)

      const second = await bucket.commit([{ op: 'increment', key: 'calls', initialTtl: 1000 }])
      await clock.advance(1)
      const third = await bucket.commit([{ op: 'increment', key: 'calls', initialTtl: 1000 }])

      expect(second).toMatchObject({ results: [{ number: 2, expiresAt }] })
      expect(third).toMatchObject({ results: [{ number: 1, expiresAt: expiresAt + 1000 }] })
    })

    it('starts at 0 again when the key has expired', async ({ bucket, clock }) => {
      await bucket.put('visits', 100, { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const result = await bucket.commit([{ op: 'increment', key: 'visits' }])

      expect(result).toMatchObject({ results: [{ number: 1 }] })
      expect((await bucket.get('visits'))?.expiresAt).toBe(undefined)
    })
  })

  describe('incrementing fields of a record', () => {
    it('starts record and fields at 0 when missing', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'increment', key: 'alice', fields: { visits: 1, points: -2.5 } },
      ])

      expect(result).toMatchObject({ results: [{ numbers: { visits: 1, points: -2.5 } }] })
      expect((await bucket.get('alice'))?.value).toEqual({ visits: 1, points: -2.5 })
    })

    it('leaves the other fields', async ({ bucket }) => {
      await bucket.put('alice', { name: 'Alice', visits: 1 })

      await bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 } }])

      expect((await bucket.get('alice'))?.value).toEqual({ name: 'Alice', visits: 2 })
    })

    it('takes a canonical numeric string for its number', async ({ bucket }) => {
      await bucket.put('alice', { visits: '10' })

      await bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 } }])

      expect((await bucket.get('alice'))?.value).toEqual({ visits: 11 })
    })

    it('applies nothing when one field is no number, and names it', async ({ bucket }) => {
      await bucket.put('alice', { visits: 1, name: 'Alice' })

      const fields = { visits: 1, name: 1 }
      const error = await errorOf(bucket.commit([{ op: 'increment', key: 'alice', fields }]))

      expect(error.code).toBe('KV_WRONG_TYPE')
      expect(error.message).toContain('"name"')
      expect(error.message).toContain('"alice"')
      expect(error.message).toContain('a string')
      expect((await bucket.get('alice'))?.value).toEqual({ visits: 1, name: 'Alice' })
    })

    it('refuses a field that holds null', async ({ bucket }) => {
      await bucket.put('alice', { visits: null })

      const call = bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 } }])

      expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
    })

    it('refuses a key that holds no record', async ({ bucket }) => {
      await bucket.put('alice', 5)

      const call = bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 } }])

      expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
    })

    it('keeps the TTL unless one is given', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('alice', { visits: 1 }, { ttl: 1000 })
      await clock.advance(10)

      await bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 } }])
      const kept = await bucket.get('alice')
      await bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 }, ttl: 500 }])

      expect(kept?.expiresAt).toBe(expiresAt)
      expect((await bucket.get('alice'))?.expiresAt).toBe(clock.wallMs() + 500)
    })
  })
}
