import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { BucketConfig, Engine } from '../../src/engine/engine.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { at, put } from './directories.ts'

const buckets: readonly (readonly [string, Partial<BucketConfig>])[] = [
  ['history', { history: 3 }],
  ['compressed', { compression: true }],
  ['published', { republish: { dest: 'changes.>' } }],
  ['mirror', { mirror: { bucket: 'history' } }],
  ['merged', { sources: [{ bucket: 'compressed' }, { bucket: 'history' }] }],
  ['passing', { storage: 'memory' }],
]

const numbers = Array.from({ length: 300 }, (_, index) => index)
const list = JSON.stringify({ list: numbers, name: 'ada' })
const tags = JSON.stringify({ tags: numbers.map((number) => `tag:${number}`) })

/** Writes something of every kind that a store can hold. */
export async function fillWithEverything(engine: Engine): Promise<void> {
  for (const [bucket, config] of buckets) {
    await engine.createBucket({ ...at, bucket }, { ...defaultBucketConfig, ...config })
  }
  await engine.commit(at, everyKind)
  await engine.commit(at, [
    { op: 'append', key: 'record', fields: [['list', [{ kind: 'json', data: '7' }]]] },
    { op: 'add', key: 'tagged', type: 'string', fields: [['tags', ['another']]] },
    { op: 'shift', key: 'record', fields: [['list', 3]] },
  ])
  await engine.commit(at, [put('once', 'x')], { idempotencyKey: 'id-1' })
  await engine.commit(at, [{ op: 'delete', key: 'gone' }, put('brief', 'x', 3_600_000)])
  for (const bucket of ['history', 'compressed', 'published', 'passing']) {
    const place = { ...at, bucket }
    for (const round of [1, 2, 3, 4]) {
      await engine.commit(place, [
        put('a', `round ${round} `.repeat(100)),
        put(`b:${round}`, 'x'),
        put('c', 'x'),
      ])
      await engine.commit(place, [{ op: 'delete', key: 'c' }])
    }
  }
  await engine.commit({ ...at, bucket: 'history' }, [{ op: 'purge', key: 'b:1' }])
  await engine.commit({ project: 'other', bucket: 'default' }, [put('a', 'x')])
}

const everyKind: readonly Operation[] = [
  put('text', 'with\u0000 and ünïcode'),
  { op: 'put', key: 'bytes', value: { kind: 'bytes', data: Uint8Array.from([0, 255, 7]) } },
  { op: 'put', key: 'json', value: { kind: 'json', data: '[1,2,3]' } },
  { op: 'put', key: 'record', value: { kind: 'record', data: list } },
  {
    op: 'put',
    key: 'tagged',
    value: { kind: 'record', data: tags, sets: { '/tags': 'string' } },
  },
  { op: 'increment', key: 'counter', by: 2 },
  put('gone', 'x'),
]
