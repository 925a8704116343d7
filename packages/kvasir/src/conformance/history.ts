import type { BucketHistoryItem } from '../front/bucket-history.ts'
import { codeOf, letExpire, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function historyTests({ describe, it, expect }: Suite): void {
  describe('the history of a key in a bucket that keeps one revision', () => {
    it('is the present value', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin')
      await bucket.put('alice', 'owner')

      const at = clock.wallMs()
      expect(await bucket.history('alice')).toEqual([
        { kind: 'put', revision: 2, at, value: 'owner' },
      ])
    })

    it('is the removal after it was deleted', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin')
      await bucket.delete('alice')

      const at = clock.wallMs()
      expect(await bucket.history('alice')).toEqual([{ kind: 'delete', revision: 2, at }])
    })

    it('is empty when nothing is known of the key', async ({ bucket }) => {
      expect(await bucket.history('nobody')).toEqual([])
    })
  })

  describe('the history of a key in a bucket that keeps several revisions', () => {
    it('holds so many, the present one included, oldest first', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 3 })
      for (const value of ['a', 'b', 'c', 'd']) await versions.put('alice', value)

      expect(brief(await versions.history('alice'))).toEqual(['put 2 b', 'put 3 c', 'put 4 d'])
    })

    it('counts removals as part of it', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 3 })
      await versions.put('alice', 'a')
      await versions.put('alice', 'b')
      await versions.delete('alice')
      await versions.put('alice', 'c')

      expect(brief(await versions.history('alice'))).toEqual(['put 2 b', 'delete 3', 'put 4 c'])
    })

    it('may be asked for the newest few', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      for (const value of ['a', 'b', 'c', 'd']) await versions.put('alice', value)

      const newest = await versions.history('alice', { limit: 2 })

      expect(brief(newest)).toEqual(['put 3 c', 'put 4 d'])
    })

    it('lets each kept value be read by its revision', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 3 })
      for (const value of ['a', 'b', 'c', 'd']) await versions.put('alice', value)

      const entries = await Promise.all(
        [1, 2, 3, 4].map((revision) => versions.get('alice', { revision })),
      )

      expect(entries.map((entry) => entry?.value)).toEqual([undefined, 'b', 'c', 'd'])
      expect(entries.map((entry) => entry?.revision)).toEqual([undefined, 2, 3, 4])
    })

    it('has nothing to read at the revision of a removal', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 3 })
      await versions.put('alice', 'a')
      await versions.delete('alice')

      expect(await versions.get('alice', { revision: 2 })).toBe(undefined)
      expect((await versions.get('alice', { revision: 1 }))?.value).toBe('a')
    })

    it('keeps keys apart', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 2 })
      for (const key of ['alice', 'bob', 'alice', 'bob', 'alice']) await versions.put(key, key)

      expect(brief(await versions.history('alice'))).toEqual(['put 3 alice', 'put 5 alice'])
      expect(brief(await versions.history('bob'))).toEqual(['put 2 bob', 'put 4 bob'])
    })

    it('reaches as far as 64 revisions', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 64 })
      for (const value of range(70)) await versions.put('alice', value)

      const history = await versions.history('alice')

      expect(history.map(({ value }) => value)).toEqual(range(70).slice(6))
    })

    it('records increments, patches and touches as values', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 9 })
      await versions.commit([
        { op: 'patch', key: 'alice', fields: { visits: 1 } },
        { op: 'increment', key: 'alice', fields: { visits: 1 } },
        { op: 'touch', key: 'alice', ttl: 5000 },
      ])

      const history = await versions.history('alice')

      expect(history.map(({ value }) => value)).toEqual([
        { visits: 1 },
        { visits: 2 },
        { visits: 2 },
      ])
    })

    it('is left with one marker by a purge of the key', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      for (const value of ['a', 'b']) await versions.put('alice', value)

      await versions.commit([{ op: 'purge', key: 'alice' }])

      expect(brief(await versions.history('alice'))).toEqual(['purge 3'])
      expect(await versions.get('alice', { revision: 1 })).toBe(undefined)
      expect(await versions.info()).toMatchObject({ keys: 0, bytes: 0 })
    })

    it('is purged also when the key had been deleted', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      await versions.put('alice', 'a')
      await versions.delete('alice')

      const result = await versions.commit([{ op: 'purge', key: 'alice' }])

      expect(result).toMatchObject({ results: [{ changed: true, revision: 3 }] })
      expect(brief(await versions.history('alice'))).toEqual(['purge 3'])
      expect(await versions.info()).toMatchObject({ bytes: 0 })
    })

    it('counts all kept values in the bytes of the bucket', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 2 })
      for (const value of ['one', 'three', 'eleven']) await versions.put('alice', value)

      const expected = 2 * 'alice'.length + 'three'.length + 'eleven'.length
      expect(await versions.info()).toMatchObject({ keys: 1, bytes: expected })
    })

    it('is gone when the bucket is purged', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      await versions.put('alice', 'a')

      await versions.purge()

      expect(await versions.history('alice')).toEqual([])
      expect(await versions.get('alice', { revision: 1 })).toBe(undefined)
    })
  })

  describe('the history of a key that expires', () => {
    it('does not show the value from that millisecond on', async ({ project, clock }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      await versions.put('alice', 'a', { ttl: 1000 })

      clock.setWall(clock.wallMs() + 1000)

      expect(await versions.get('alice', { revision: 1 })).toBe(undefined)
      expect((await versions.history('alice')).filter(({ kind }) => kind === 'put')).toEqual([])
    })

    it('shows the expiry once it is recorded', async ({ project, clock }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      await versions.put('alice', 'a')
      await versions.put('alice', 'b', { ttl: 1000 })

      await letExpire(clock)

      expect(brief(await versions.history('alice'))).toEqual(['put 1 a', 'expire 3'])
    })

    it('does not show a superseded value beyond its own expiry', async ({ project, clock }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      await versions.put('alice', 'short-lived', { ttl: 1000 })
      await versions.put('alice', 'permanent')

      const before = await versions.get('alice', { revision: 1 })
      clock.setWall(clock.wallMs() + 1000)

      expect(before?.value).toBe('short-lived')
      expect(await versions.get('alice', { revision: 1 })).toBe(undefined)
      expect(brief(await versions.history('alice'))).toEqual(['put 2 permanent'])
    })
  })

  describe('making the history of a bucket shorter', () => {
    it('drops the older revisions at once', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      for (const value of ['a', 'b', 'c']) await versions.put('alice', value)

      await versions.configure({ history: 2 })

      expect(brief(await versions.history('alice'))).toEqual(['put 2 b', 'put 3 c'])
      expect(await versions.get('alice', { revision: 1 })).toBe(undefined)
      expect(await versions.info()).toMatchObject({ bytes: 2 * 'aliceb'.length })
    })

    it('does not bring them back when it is made longer again', async ({ project }) => {
      const versions = await project.createBucket('versions', { history: 5 })
      for (const value of ['a', 'b', 'c']) await versions.put('alice', value)
      await versions.configure({ history: 1 })

      await versions.configure({ history: 5 })

      expect(brief(await versions.history('alice'))).toEqual(['put 3 c'])
    })
  })

  describe('asking for history', () => {
    it('refuses a limit of 0', async ({ bucket }) => {
      expect(await codeOf(bucket.history('alice', { limit: 0 }))).toBe('KV_INVALID_ARGUMENT')
    })
  })
}

function brief(items: readonly BucketHistoryItem[]): string[] {
  return items.map(({ kind, revision, value }) =>
    kind === 'put' ? `${kind} ${revision} ${value}` : `${kind} ${revision}`,
  )
}
