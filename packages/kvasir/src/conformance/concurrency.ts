import { all, codeOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function concurrencyTests({ describe, it, expect }: Suite): void {
  describe('64 increments at once', () => {
    it('add exactly 64, each answering another number', async ({ bucket }) => {
      const results = await Promise.all(
        range(64).map(() => bucket.commit([{ op: 'increment', key: 'visits' }])),
      )

      const numbers = results.map((result) => (result.ok ? result.results[0]?.number : undefined))
      expect(numbers.sort((left = 0, right = 0) => left - right)).toEqual(
        range(64).map((index) => index + 1),
      )
      expect(await bucket.get('visits')).toMatchObject({ value: 64, revision: 64 })
    })

    it('of a field add exactly 64', async ({ bucket }) => {
      await Promise.all(
        range(64).map(() =>
          bucket.commit([{ op: 'increment', key: 'alice', fields: { visits: 1 } }]),
        ),
      )

      expect((await bucket.get('alice'))?.value).toEqual({ visits: 64 })
    })
  })

  describe('64 updates of one key at once', () => {
    it('each see what the one before made', async ({ bucket }) => {
      await Promise.all(
        range(64).map(() => bucket.update('visits', (entry) => Number(entry?.value ?? 0) + 1)),
      )

      expect((await bucket.get('visits'))?.value).toBe(64)
    })

    it('lose nothing when other writers come between', async ({ bucket }) => {
      const updates = range(16).map(() =>
        bucket.update('visits', async (entry) => Number(entry?.value ?? 0) + 1),
      )
      const increments = range(16).map(() => bucket.commit([{ op: 'increment', key: 'visits' }]))
      await Promise.all([...updates, ...increments])

      expect((await bucket.get('visits'))?.value).toBe(32)
    })

    it('stop at the one that throws, and go on after it', async ({ bucket }) => {
      const refusal = new Error('not today')
      const updates = [
        bucket.update('visits', () => 1),
        bucket.update('visits', () => {
          throw refusal
        }),
        bucket.update('visits', (entry) => Number(entry?.value) + 1),
      ]
      const outcomes = await Promise.allSettled(updates)

      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(outcomes[1]).toMatchObject({ reason: refusal })
      expect((await bucket.get('visits'))?.value).toBe(2)
    })
  })

  describe('consumers that shift a list', () => {
    it('get each element exactly once', async ({ bucket }) => {
      await bucket.put('queue', { jobs: range(60) })

      const results = await Promise.all(
        range(64).map(() => bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 1 } }])),
      )

      const taken = results.flatMap((result) =>
        result.ok ? (result.results[0]?.elements?.jobs ?? []) : [],
      )
      expect(taken.map(Number).sort((left, right) => left - right)).toEqual(range(60))
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: [] })
    })

    it('get each element exactly once while producers append', async ({ bucket }) => {
      const appends = range(30).map((job) =>
        bucket.commit([{ op: 'append', key: 'queue', fields: { jobs: [job] } }]),
      )
      const shifts = range(30).map(() =>
        bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 1 } }]),
      )
      const results = await Promise.all(shifts)
      await Promise.all(appends)
      const rest = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 99 } }])

      const taken = [...results, rest].flatMap((result) =>
        result.ok ? (result.results[0]?.elements?.jobs ?? []) : [],
      )
      expect(taken.map(Number).sort((left, right) => left - right)).toEqual(range(30))
    })
  })

  describe('writers that race', () => {
    it('for an absent key have one winner', async ({ bucket }) => {
      const results = await Promise.all(
        range(16).map((writer) => bucket.put('leader', writer, { ifAbsent: true })),
      )

      const winners = results.flatMap(({ ok }, writer) => (ok ? [writer] : []))
      expect(winners).toHaveLength(1)
      expect((await bucket.get('leader'))?.value).toBe(winners[0])
    })

    it('for an expired key have one winner', async ({ bucket, clock }) => {
      await bucket.put('leader', 'old', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const results = await Promise.all(
        range(16).map((writer) => bucket.put('leader', writer, { ifAbsent: true })),
      )

      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    })

    it('for a revision have one winner', async ({ bucket }) => {
      await bucket.put('leader', 'old')

      const results = await Promise.all(
        range(16).map((writer) => bucket.put('leader', writer, { ifRevision: 1 })),
      )

      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    })

    it('to delete a key have one winner', async ({ bucket }) => {
      await bucket.put('alice', 1)

      const results = await Promise.all(range(16).map(() => bucket.delete('alice')))

      expect(results.filter((result) => result.ok && result.changed)).toHaveLength(1)
    })

    it('for members of a set add each once', async ({ bucket }) => {
      const results = await Promise.all(
        range(32).map((writer) =>
          bucket.commit([
            { op: 'add', type: 'number', key: 'post', fields: { likes: [writer % 8] } },
          ]),
        ),
      )

      const added = results.filter((result) => result.ok && result.results[0]?.changed)
      expect(added).toHaveLength(8)
    })

    it('take revisions of their own, without gaps', async ({ bucket }) => {
      const results = await Promise.all(range(50).map((index) => bucket.put(`key-${index}`, index)))

      const revisions = results.map((result) => (result.ok ? result.revision : 0))
      expect(revisions.sort((left, right) => left - right)).toEqual(
        range(50).map((index) => index + 1),
      )
      expect(await bucket.info()).toMatchObject({ keys: 50, revision: 50 })
    })

    it('on many keys leave all of them', async ({ bucket }) => {
      const puts = range(200).map((index) =>
        bucket.put(`key-${String(index).padStart(3, '0')}`, index),
      )
      const codes = await Promise.all(puts.map((put) => codeOf(put)))

      expect(new Set(codes)).toEqual(new Set(['no error']))
      const entries = await all(bucket.entries())
      expect(entries.map(({ value }) => value)).toEqual(range(200))
    })
  })
}
