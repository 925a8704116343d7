import { StringSet } from '../codec/typed-sets.ts'
import { all, take } from './observe.ts'
import type { Scene } from './scene.ts'

export type Sight = (scene: Scene) => Promise<boolean>

export const record = { list: ['a'], set: new StringSet(['a']), number: 1 }

/** Every way to see a key, as the answer to: is `key` there? */
export const sights: readonly (readonly [name: string, isThere: Sight])[] = [
  ['get', async ({ bucket }) => (await bucket.get('key')) !== undefined],
  [
    'get at its revision',
    async ({ bucket }) => (await bucket.get('key', { revision: 1 })) !== undefined,
  ],
  ['a read of several', async ({ bucket }) => (await bucket.getMany(['key']))[0] !== undefined],
  [
    'a read of its TTL',
    async ({ engine, at }) =>
      (await engine.read(at, [{ key: 'key', ttl: true }]))[0]?.ttlMs !== undefined,
  ],
  [
    'a read of fields',
    async ({ engine, at }) =>
      (await engine.read(at, [{ key: 'key', fields: ['number'] }]))[0]?.entry !== undefined,
  ],
  [
    'a peek',
    async ({ engine, at }) =>
      (await engine.read(at, [{ key: 'key', peek: [['list', 1]] }]))[0]?.elements?.[0]?.[1]
        .length === 1,
  ],
  [
    'a question for members',
    async ({ engine, at }) =>
      (await engine.read(at, [{ key: 'key', has: [['set', ['a']]], type: 'string' }]))[0]
        ?.members?.[0]?.[1].length === 1,
  ],
  ['a listing by key', async ({ bucket }) => (await all(bucket.keys())).length === 1],
  [
    'a listing by revision',
    async ({ bucket }) => (await all(bucket.entries({ order: 'revision' }))).length === 1,
  ],
  [
    'a listing in reverse',
    async ({ bucket }) => (await all(bucket.keys({ reverse: true }))).length === 1,
  ],
  [
    'a listing by prefix',
    async ({ bucket }) => (await all(bucket.keys({ prefix: 'k' }))).length === 1,
  ],
  ['the count of keys', async ({ bucket }) => (await bucket.info()).keys === 1],
  ['the bytes of the bucket', async ({ bucket }) => (await bucket.info()).bytes > 0],
  [
    'the history',
    async ({ bucket }) => (await bucket.history('key')).some(({ kind }) => kind === 'put'),
  ],
  [
    'a watch of the present',
    async ({ bucket }) => (await take(bucket.watch({ initial: true }), 1))[0]?.kind === 'put',
  ],
  ['ifAbsent', async ({ bucket }) => !(await bucket.put('key', 1, { ifAbsent: true })).ok],
  ['ifRevision', async ({ bucket }) => (await bucket.put('key', 1, { ifRevision: 1 })).ok],
  ['a delete', async ({ bucket }) => changed(await bucket.commit([{ op: 'delete', key: 'key' }]))],
  [
    'a touch',
    async ({ bucket }) => changed(await bucket.commit([{ op: 'touch', key: 'key', ttl: 5 }])),
  ],
  [
    'the entry from before',
    async ({ bucket }) =>
      first(await bucket.commit([{ op: 'put', key: 'key', value: 1, previous: true }]))
        ?.previous !== undefined,
  ],
  [
    'an increment',
    async ({ bucket }) =>
      first(await bucket.commit([{ op: 'increment', key: 'key', fields: { number: 1 } }]))?.numbers
        ?.number === 2,
  ],
  [
    'a patch',
    async ({ bucket }) => keepsList(await patched(bucket, { op: 'patch', key: 'key', fields: {} })),
  ],
  [
    'an append',
    async ({ bucket }) =>
      keepsList(await patched(bucket, { op: 'append', key: 'key', fields: { more: [1] } })),
  ],
  [
    'an add',
    async ({ bucket }) =>
      keepsList(
        await patched(bucket, { op: 'add', type: 'number', key: 'key', fields: { more: [1] } }),
      ),
  ],
  [
    'a shift',
    async ({ bucket }) =>
      changed(await bucket.commit([{ op: 'shift', key: 'key', fields: { list: 1 } }])),
  ],
  [
    'a remove',
    async ({ bucket }) =>
      changed(
        await bucket.commit([{ op: 'remove', type: 'string', key: 'key', fields: { set: ['a'] } }]),
      ),
  ],
  ['an update', async ({ bucket }) => updatedFrom(bucket)],
]

type BucketOf = Scene['bucket']
type Operations = Parameters<BucketOf['commit']>[0]
type Result = Awaited<ReturnType<BucketOf['commit']>>

function first(result: Result) {
  return result.ok ? result.results[0] : undefined
}

function changed(result: Result): boolean {
  return first(result)?.changed === true
}

async function patched(bucket: BucketOf, operation: Operations[number]): Promise<unknown> {
  await bucket.commit([operation])
  return (await bucket.get('key'))?.value
}

function keepsList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'list' in value
}

async function updatedFrom(bucket: BucketOf): Promise<boolean> {
  let wasThere = false
  await bucket.update('key', (current) => {
    wasThere = current !== undefined
    return 1
  })
  return wasThere
}
