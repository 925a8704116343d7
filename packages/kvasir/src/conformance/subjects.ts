import type { SubjectMessage } from '../front/subject-message.ts'
import { codeOf, errorOf, letExpire, range, take } from './observe.ts'
import type { Suite } from './suite.ts'

const republish = { dest: 'changes.>' }

/** A message in short form: `'changes.ada put orders 3'`. */
export function inShort({ subject, kind, bucket, revision }: SubjectMessage): string {
  return `${subject} ${kind} ${bucket} ${revision}`
}

export function subjectTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('subscribing to a subject', () => {
    it('tells every change of a bucket that publishes under it', async ({ project, clock }) => {
      const orders = await project.createBucket('orders', { republish, history: 3 })
      const messages = project.subscribe('changes.>')

      await orders.put('ada', { n: 1 }, { ttl: '1s' })
      await orders.put('bob.1', 'text')
      await orders.delete('bob.1')
      await orders.commit([{ op: 'purge', key: 'bob.1' }])
      const seen = await take(messages, 4)
      const more = project.subscribe('changes.>')
      await more.ready
      await letExpire(clock)
      await orders.purge()
      const later = await take(more, 2)

      const [put] = seen
      expect(seen.map(inShort)).toEqual([
        'changes.ada put orders 1',
        'changes.bob.1 put orders 2',
        'changes.bob.1 delete orders 3',
        'changes.bob.1 purge orders 4',
      ])
      expect(put).toMatchObject({ key: 'ada', value: { n: 1 } })
      expect(seen[2]).not.toMatchObject({ value: 'text' })
      expect(later.map(inShort)).toEqual([
        'changes.ada expire orders 5',
        'changes.> clear orders 6',
      ])
    })

    it('begins at the call, and sees nothing from before', async ({ project }) => {
      const orders = await project.createBucket('orders', { republish })
      await orders.put('before', 1)

      const messages = project.subscribe('changes.>')
      await orders.put('after', 2)

      expect((await take(messages, 1)).map(inShort)).toEqual(['changes.after put orders 2'])
    })

    it('takes several buckets together, each in the order of its revisions', async ({
      project,
    }) => {
      const names = ['orders', 'stock', 'users']
      const buckets = await Promise.all(
        names.map((name) => project.createBucket(name, { republish: { dest: `all.${name}.>` } })),
      )
      const messages = project.subscribe('all.>')

      await Promise.all(
        range(30).map((index) => buckets[index % 3]?.put(`key${index % 10}`, index)),
      )

      const seen = await take(messages, 30)
      for (const name of names) {
        const own = seen.filter(({ bucket }) => bucket === name)
        expect(own.map(({ revision }) => revision)).toEqual(range(10).map((index) => index + 1))
      }
    })

    it('takes a subject with wildcards, and no other subjects', async ({ project }) => {
      const orders = await project.createBucket('orders', { republish })
      const messages = project.subscribe('changes.*.paid')

      for (const key of ['1.sent', '2.paid', '3.paid.late', 'paid', '4.paid']) {
        await orders.put(key, 1)
      }

      expect((await take(messages, 2)).map(({ key }) => key)).toEqual(['2.paid', '4.paid'])
    })

    it('tells nothing of buckets that do not publish, nor of other projects', async (scene) => {
      const { project, store } = scene
      const orders = await project.createBucket('orders', { republish })
      const quiet = await project.createBucket('quiet')
      const foreign = await store.project('other').createBucket('orders', { republish })
      const messages = project.subscribe('>')

      await quiet.put('a', 1)
      await foreign.put('b', 1)
      await orders.put('c', 1)

      expect((await take(messages, 1)).map(inShort)).toEqual(['changes.c put orders 1'])
    })

    it('notices buckets that are created later, from their first change on', async ({
      project,
    }) => {
      const messages = project.subscribe('changes.>')
      await messages.ready

      const orders = await project.createBucket('orders', { republish })
      await orders.put('a', 1)
      await orders.put('b', 1)

      const seen = await take(messages, 2)
      expect(seen.map(inShort)).toEqual(['changes.a put orders 1', 'changes.b put orders 2'])
    })

    it('goes on with a bucket that is deleted and created again', async ({ project }) => {
      const before = await project.createBucket('orders', { republish })
      const messages = project.subscribe('changes.>')[Symbol.asyncIterator]()
      await before.put('a', 'first')
      const first = await messages.next()

      await project.deleteBucket('orders')
      const after = await project.createBucket('orders', { republish })
      await after.put('a', 'second')
      const second = await messages.next()
      await messages.return?.()

      expect(first.value).toMatchObject({ revision: 1, value: 'first' })
      expect(second.value).toMatchObject({ revision: 1, value: 'second' })
    })

    it('goes on from the position of a message, with nothing missed or repeated', async (scene) => {
      const { project } = scene
      const orders = await project.createBucket('orders', { republish })
      const stock = await project.createBucket('stock', { republish })
      const first = project.subscribe('changes.>')
      for (const key of ['a', 'b', 'c']) await orders.put(key, 1)
      await stock.put('s', 1)
      const seen = await take(first, 2)
      const since = seen.at(-1)?.position

      await orders.put('d', 1)
      const later = await project.createBucket('later', { republish })
      await later.put('e', 1)
      const rest = await take(project.subscribe('changes.>', { since: String(since) }), 4)

      const all = [...seen, ...rest].map(inShort)
      expect(all.sort()).toEqual([
        'changes.a put orders 1',
        'changes.b put orders 2',
        'changes.c put orders 3',
        'changes.d put orders 4',
        'changes.e put later 1',
        'changes.s put stock 1',
      ])
    })

    itWherePersistent('goes on from a position after a restart', async (scene) => {
      const before = await scene.project.createBucket('orders', { republish })
      const messages = scene.project.subscribe('changes.>')
      await before.put('a', 1)
      const [first] = await take(messages, 1)
      await before.put('b', 1)

      const { project } = await scene.reopen()
      const after = await project.bucket('orders')
      const since = String(first?.position)
      const resumed = project.subscribe('changes.>', { since })
      await after.put('c', 1)

      const seen = await take(resumed, 2)
      expect(seen.map(inShort)).toEqual(['changes.b put orders 2', 'changes.c put orders 3'])
    })

    it('has a position from the start, which moves with changes under other subjects', async ({
      project,
    }) => {
      const orders = await project.createBucket('orders', { republish })
      const messages = project.subscribe('changes.wanted')
      await messages.ready
      const { position } = messages
      await orders.put('other', 1)
      await orders.put('wanted', 1)

      const [message] = await take(messages, 1)
      const again = await take(project.subscribe('changes.>', { since: position }), 2)

      expect(message?.position).not.toBe(position)
      expect(again.map(({ key }) => key)).toEqual(['other', 'wanted'])
    })

    it('tells a slow reader of a gap, then the last change of each key', async ({ project }) => {
      const orders = await project.createBucket('orders', { republish })
      const messages = project.subscribe('changes.>')
      await messages.ready
      const keys = range(1500).map((index) => `key${index % 3}`)
      await orders.commit(keys.map((key, index) => ({ op: 'put', key, value: index })))
      await orders.put('last', 1)

      const seen: SubjectMessage[] = []
      for await (const message of messages) {
        seen.push(message)
        if (message.key === 'last') break
      }

      const revisions = seen.map(({ revision }) => revision)
      expect(seen[0]).toMatchObject({ kind: 'gap', bucket: 'orders', subject: 'changes.>' })
      expect(seen[0]).toMatchObject({ revision: 0 })
      expect(revisions).toEqual([...revisions].sort((left, right) => left - right))
      expect(new Set(seen.slice(1).map(({ key }) => key)).size).toBe(4)
    })

    it('tells of a gap that it goes on after, and goes on from one', async ({ project }) => {
      const orders = await project.createBucket('orders', { republish })
      const first = project.subscribe('changes.>')
      await first.ready
      const { position } = first
      await orders.commit(range(1500).map((value) => ({ op: 'put', key: 'a', value })))

      const late = await take(project.subscribe('changes.>', { since: position }), 2)
      const since = late[0]?.position ?? ''
      const later = await take(project.subscribe('changes.>', { since }), 2)

      const gap = { kind: 'gap', revision: 0, to: 1500 }
      const last = { kind: 'put', revision: 1500, value: 1499 }
      expect(late).toMatchObject([gap, last])
      expect(later).toMatchObject([gap, last])
    })

    it('tells in time of a gap in which only other subjects may have changed', async ({
      project,
    }) => {
      const orders = await project.createBucket('orders', { republish })
      const first = project.subscribe('changes.>')
      await first.ready
      const { position } = first
      await orders.commit(range(1500).map((value) => ({ op: 'put', key: 'a', value })))

      const [gap] = await take(project.subscribe('changes.b', { since: position }), 1)

      expect(gap).toMatchObject({ kind: 'gap', subject: 'changes.b', revision: 0, to: 1500 })
    })

    it('ends when it is closed, aborted, left, or the store is closed', async (scene) => {
      const { project, store } = scene
      await project.createBucket('orders', { republish })
      const stop = new AbortController()
      const closed = project.subscribe('changes.>')
      const aborted = project.subscribe('changes.>', { signal: stop.signal })
      const open = project.subscribe('changes.>')
      await open.ready

      await closed.close()
      stop.abort()
      const left = open[Symbol.asyncIterator]().next()
      await store.close()

      expect(await take(closed, 1)).toEqual([])
      expect(await take(aborted, 1)).toEqual([])
      expect(await left).toEqual({ done: true, value: undefined })
      expect(await codeOf(project.subscribe('changes.>').ready)).toBe('KV_CLOSED')
    })

    for (const subject of ['', 'a..b', 'a.>.b', 'a*', 'x'.repeat(1025)]) {
      it(`refuses the subject ${JSON.stringify(subject.slice(0, 8))}`, async ({ project }) => {
        const messages = project.subscribe(subject)

        const error = await errorOf(take(messages, 1))

        expect(error.code).toBe('KV_INVALID_ARGUMENT')
        expect(await codeOf(messages.ready)).toBe('KV_INVALID_ARGUMENT')
      })
    }

    for (const since of ['', 'orders', 'orders.1', '5', 'or/ders.1.1', 'orders.1.1~']) {
      it(`refuses the position ${JSON.stringify(since)}`, async ({ project }) => {
        const messages = project.subscribe('changes.>', { since })

        expect(await codeOf(messages.ready)).toBe('KV_INVALID_ARGUMENT')
      })
    }
  })
}
