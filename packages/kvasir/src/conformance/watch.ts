import { codeOf, lastValue, letExpire, range, shortForm, take, untilLast } from './observe.ts'
import type { Suite } from './suite.ts'

export function watchTests({ describe, it, expect }: Suite): void {
  describe('watching a bucket', () => {
    it('sees every change from then on, in order', async ({ bucket }) => {
      await bucket.put('before', 1)
      const watch = bucket.watch()
      await watch.ready

      await bucket.put('alice', 1)
      await bucket.put('bob', 2)
      await bucket.put('alice', 3)
      await bucket.delete('bob')
      await bucket.commit([{ op: 'purge', key: 'alice' }])
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual([
        'put alice 2',
        'put bob 3',
        'put alice 4',
        'delete bob 5',
        'purge alice 6',
      ])
    })

    it('gives puts with the whole entry', async ({ bucket, clock }) => {
      const watch = bucket.watch()
      await watch.ready

      await bucket.put('alice', { role: 'admin' }, { ttl: 1000 })

      expect(await take(watch, 1)).toEqual([
        {
          kind: 'put',
          entry: {
            key: 'alice',
            value: { role: 'admin' },
            revision: 1,
            createdAt: clock.wallMs(),
            updatedAt: clock.wallMs(),
            expiresAt: clock.wallMs() + 1000,
          },
        },
      ])
    })

    it('gives removals with their time', async ({ bucket, clock }) => {
      await bucket.put('alice', 1)
      const watch = bucket.watch()
      await watch.ready
      await clock.advance(50)

      await bucket.delete('alice')

      const at = clock.wallMs()
      expect(await take(watch, 1)).toEqual([{ kind: 'delete', key: 'alice', revision: 2, at }])
    })

    it('gives the values as they were, not as they are', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      await bucket.put('alice', 'first')
      await bucket.put('alice', 'second')

      const events = await take(watch, 2)

      expect(events).toMatchObject([{ entry: { value: 'first' } }, { entry: { value: 'second' } }])
    })

    it('sees no change that a failed condition or an error held off', async ({ bucket }) => {
      await bucket.put('alice', 'admin')
      const watch = bucket.watch()
      await watch.ready

      await bucket.put('alice', 'owner', { ifAbsent: true })
      await codeOf(
        bucket.commit([
          { op: 'put', key: 'bob', value: 1 },
          { op: 'increment', key: 'alice' },
        ]),
      )
      await bucket.delete('nobody')
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual([])
    })

    it('sees a commit as its changes, one after the other', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready

      await bucket.commit([
        { op: 'put', key: 'alice', value: 1 },
        { op: 'increment', key: 'alice' },
        { op: 'delete', key: 'alice' },
        { op: 'put', key: 'end', value: lastValue },
      ])

      expect(await untilLast(watch)).toEqual(['put alice 1', 'put alice 2', 'delete alice 3'])
    })

    it('sees an expiry once it is recorded', async ({ bucket, clock }) => {
      await bucket.put('alice', 1, { ttl: 1000 })
      const watch = bucket.watch()
      await watch.ready

      await letExpire(clock)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['expire alice 2'])
    })

    it('sees the expiry before the write that found it', async ({ bucket, clock }) => {
      await bucket.put('alice', 1, { ttl: 1000 })
      const watch = bucket.watch()
      await watch.ready

      clock.setWall(clock.wallMs() + 1000)
      await bucket.put('alice', 2)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['expire alice 2', 'put alice 3'])
    })

    it('sees a purge of the bucket as one event', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.put('bob', 1)
      const watch = bucket.watch()
      await watch.ready

      await bucket.purge()
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['clear 3'])
    })

    it('does not see other buckets or projects', async ({ store, project, bucket }) => {
      const sessions = await project.createBucket('sessions')
      const watch = bucket.watch()
      await watch.ready

      await sessions.put('alice', 1)
      await store.project('other').kv().set('alice', 1)
      await project.kv().lock('alice', { ttl: 1000 })
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual([])
    })

    it('sees what a reader asks for only later', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      for (const value of range(5)) await bucket.put('alice', value)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toHaveLength(5)
    })

    it('serves several watchers, each with everything', async ({ bucket }) => {
      const watches = [bucket.watch(), bucket.watch(), bucket.watch()]
      await Promise.all(watches.map(({ ready }) => ready))

      await bucket.put('alice', 1)
      await bucket.delete('alice')
      await bucket.put('end', lastValue)

      const seen = await Promise.all(watches.map((watch) => untilLast(watch)))
      expect(seen).toEqual(Array(3).fill(['put alice 1', 'delete alice 2']))
    })

    it('wakes a reader that waits', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      const waiting = take(watch, 1)

      await bucket.put('alice', 1)

      expect((await waiting).map(shortForm)).toEqual(['put alice 1'])
    })
  })

  describe('watching one key', () => {
    it('sees its changes alone', async ({ bucket }) => {
      const watch = bucket.watch({ key: 'alice' })
      await watch.ready

      await bucket.put('alice', 1)
      await bucket.put('alice2', 1)
      await bucket.put('bob', 1)
      await bucket.delete('alice')
      await bucket.put('alice', lastValue)

      expect(await untilLast(watch)).toEqual(['put alice 1', 'delete alice 4'])
    })

    it('sees a purge of the bucket', async ({ bucket }) => {
      await bucket.put('alice', 1)
      const watch = bucket.watch({ key: 'alice' })
      await watch.ready

      await bucket.purge()

      expect((await take(watch, 1)).map(shortForm)).toEqual(['clear 2'])
    })
  })

  describe('watching a prefix', () => {
    it('sees the changes of keys that begin with it', async ({ bucket }) => {
      const watch = bucket.watch({ prefix: 'user:' })
      await watch.ready

      await bucket.put('user:1', 1)
      await bucket.put('users', 1)
      await bucket.put('user:2', 1)
      await bucket.delete('user:1')
      await bucket.put('user:end', lastValue)

      expect(await untilLast(watch)).toEqual(['put user:1 1', 'put user:2 3', 'delete user:1 4'])
    })

    it('takes wildcard characters for themselves', async ({ bucket }) => {
      const watch = bucket.watch({ prefix: '%*>' })
      await watch.ready

      await bucket.put('anything', 1)
      await bucket.put('%*>1', 1)
      await bucket.put('%*>end', lastValue)

      expect(await untilLast(watch)).toEqual(['put %*>1 2'])
    })
  })
}
