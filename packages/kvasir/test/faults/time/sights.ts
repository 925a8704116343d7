import type { BucketRef, Engine } from '../../../src/engine/engine.ts'
import type { CommitResult, Operation } from '../../../src/engine/operation.ts'

/** What one look at a key takes. */
export interface Look {
  readonly engine: Engine
  readonly at: BucketRef
  readonly key: string
  /** The revision of its last put. */
  readonly revision: number
}

/** A record with something in it for every kind of question. */
export const record = {
  kind: 'record',
  data: '{"list":["a"],"number":1,"set":["m"]}',
  sets: { '/set': 'string' },
} as const

/** Every way to read a key, as the answer to: is it there? None changes anything. */
export const sights: Readonly<Record<string, (look: Look) => Promise<boolean>>> = {
  get: async ({ engine, at, key }) => (await engine.get(at, key)) !== undefined,
  'get at a revision': async ({ engine, at, key, revision }) =>
    (await engine.get(at, key, { revision })) !== undefined,
  getMany: async ({ engine, at, key }) => {
    const [, result] = await engine.read(at, [{ key: 'nobody' }, { key }])
    return result?.entry !== undefined
  },
  ttl: async ({ engine, at, key }) =>
    (await engine.read(at, [{ key, ttl: true }]))[0]?.ttlMs !== undefined,
  fields: async ({ engine, at, key }) =>
    (await engine.read(at, [{ key, fields: ['number'] }]))[0]?.entry !== undefined,
  peek: async ({ engine, at, key }) => {
    const [result] = await engine.read(at, [{ key, peek: [['list', 1]] }])
    return (result?.elements?.[0]?.[1].length ?? 0) > 0
  },
  has: async ({ engine, at, key }) => {
    const [result] = await engine.read(at, [{ key, has: [['set', ['m']]], type: 'string' }])
    return (result?.members?.[0]?.[1].length ?? 0) > 0
  },
  'list by key': async ({ engine, at, key }) => {
    const { entries } = await engine.list(at, { order: 'key', prefix: key, limit: 1 })
    return entries.length > 0
  },
  'list by revision': async ({ engine, at, key, revision }) => {
    const query = { order: 'revision', prefix: key, after: revision - 1, limit: 1 } as const
    return (await engine.list(at, query)).entries.length > 0
  },
  'list of keys': async ({ engine, at, key }) => {
    const query = { order: 'key', prefix: key, keysOnly: true, limit: 1 } as const
    return (await engine.list(at, query)).entries.length > 0
  },
  history: async ({ engine, at, key, revision }) => {
    // An earlier value may have a longer life, and stays until that is over.
    const changes = await engine.history(at, key)
    return changes.some((each) => each.kind === 'put' && each.entry.revision === revision)
  },
  watch: async ({ engine, at, key }) => {
    for await (const event of engine.watch(at, { key, initial: true })) return event.kind === 'put'
    return false
  },
  ifAbsent: async (look) => !(await mayCommit(look, { ifAbsent: true })),
  ifRevision: (look) => mayCommit(look, { ifRevision: look.revision }),
}

/** Whether an increment finds the number that was put; the key is gone afterwards. */
export async function incrementFinds({ engine, at, key }: Look): Promise<boolean> {
  const increment = { op: 'increment', key, fields: [['number', 1]] } as const
  const committed = await engine.commit(at, [increment, { op: 'delete', key }])
  if (!committed.ok) throw new Error('An increment has no condition that could fail.')
  return (committed.results[0]?.numbers?.[0]?.[1] ?? 0) > 1
}

/** Asks whether a condition holds by a commit of which another part cannot hold. */
async function mayCommit(
  { engine, at, key }: Look,
  condition: { ifAbsent: true } | { ifRevision: number },
): Promise<boolean> {
  const asked: Operation = { op: 'put', key, value: record, ...condition }
  const impossible: Operation = { op: 'put', key: 'never', value: record, ifRevision: 1 }
  const committed: CommitResult = await engine.commit(at, [asked, impossible])
  return !committed.ok && committed.conflict.index === 1
}
