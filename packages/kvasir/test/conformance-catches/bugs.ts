import type { Operation, OperationResult } from 'kvasir/engine'
import { type Bug, changeOperations, changeResults } from './broken-engine.ts'
import { bucketBugs } from './bucket-bugs.ts'
import { copyBugs } from './copy-bugs.ts'
import { expiryBugs } from './expiry-bugs.ts'
import { subjectBugs } from './subject-bugs.ts'
import { watchBugs } from './watch-bugs.ts'

/** Bugs in what is stored, counted and listed. */
const storageBugs: readonly Bug[] = [
  {
    name: 'loses an update: ignores ifRevision',
    turnsRed: [
      'a write with ifRevision › answers the conflict with the present revision when it is not',
      'releasing a lock › never frees somebody else’s',
    ],
    breaks: (engine) =>
      changeOperations(engine, ({ ifRevision: _ignored, ...operation }) => operation as Operation),
  },
  {
    name: 'ignores ifAbsent',
    turnsRed: [
      'writers that race › for an absent key have one winner',
      'kv.lock › gives null while somebody holds it',
    ],
    breaks: (engine) =>
      changeOperations(engine, ({ ifAbsent: _ignored, ...operation }) => operation as Operation),
  },
  {
    name: 'increments in two steps',
    turnsRed: [
      '64 increments at once › add exactly 64, each answering another number',
      'kv.increment › adds exactly 64 when 64 run at once',
    ],
    breaks: (engine) => ({
      async commit(at, operations, options) {
        const [first] = operations
        if (first?.op !== 'increment' || first.fields) return engine.commit(at, operations, options)
        const current = await engine.get(at, first.key)
        const number = Number(current?.value.data ?? 0) + (first.by ?? 1)
        const value = { kind: 'json', data: String(number) } as const
        const result = await engine.commit(at, [{ op: 'put', key: first.key, value }], options)
        return result.ok
          ? { ...result, results: result.results.map((done) => ({ ...done, number })) }
          : result
      },
    }),
  },
  {
    name: 'uses a revision again after a delete',
    turnsRed: ['deleting a key › never lets its revision be used again'],
    breaks(engine) {
      let deleted = 0
      return changeResults(engine, (result, { op }) => {
        if (op === 'delete' && result.changed) deleted++
        return { ...result, revision: Math.max(0, result.revision - deleted) }
      })
    },
  },
  {
    name: 'purges settings and secrets with the bucket that they stand beside',
    turnsRed: [
      'settings › stay when the bucket default is cleared, or has a TTL',
      'secrets › stay when the bucket default is cleared, or has a TTL',
    ],
    breaks: (engine) => ({
      async purgeBucket(at) {
        for (const space of ['settings', 'secrets']) {
          await engine.purgeBucket({ ...at, bucket: `default.${space}` })
        }
        return engine.purgeBucket(at)
      },
    }),
  },
  {
    name: 'applies the operations before one that fails',
    turnsRed: [
      'a commit of several operations › applies none when a condition fails, whichever',
      'kv.setMany › stores none when one condition fails, and says which',
    ],
    breaks: (engine) => ({
      async commit(at, operations, options) {
        const results: OperationResult[] = []
        for (const [index, operation] of operations.entries()) {
          const result = await engine.commit(at, [operation], options)
          if (!result.ok) return { ok: false, conflict: { ...result.conflict, index } }
          results.push(...result.results)
        }
        return { ok: true, results }
      },
    }),
  },
  {
    name: 'orders keys by UTF-16',
    turnsRed: [
      'listing by key › orders keys by their UTF-8 bytes',
      'kv.keys › iterates the keys in the order of their UTF-8 bytes',
    ],
    breaks: (engine) => ({
      async list(at, query) {
        const page = await engine.list(at, query)
        return { ...page, entries: [...page.entries].sort((a, b) => (a.key < b.key ? -1 : 1)) }
      },
    }),
  },
  {
    name: 'takes the first page of a listing for all of it',
    turnsRed: ['iterating a listing › goes over page after page to the end'],
    breaks: (engine) => ({
      list: async (at, query) => ({ ...(await engine.list(at, query)), hasMore: false }),
    }),
  },
  {
    name: 'repeats the last entry of a page on the next',
    turnsRed: ['listing by revision › goes on from a revision, which is not repeated'],
    breaks: (engine) => ({
      list: (at, query) =>
        query.order === 'revision' && query.after !== undefined
          ? engine.list(at, { ...query, after: query.after + (query.reverse ? 1 : -1) })
          : engine.list(at, query),
    }),
  },
  {
    name: 'lets a quota be exceeded by one byte',
    turnsRed: [
      'a bucket with a limit on its bytes › refuses one byte more, and changes nothing',
      'a bucket with a limit on its bytes › counts UTF-8 bytes, not characters',
    ],
    breaks: (engine) => ({
      createBucket: (at, { bytesMax, ...config }) =>
        engine.createBucket(at, {
          ...config,
          ...(bytesMax !== undefined && { bytesMax: bytesMax + 1 }),
        }),
    }),
  },
  {
    name: 'keeps one revision too many',
    turnsRed: [
      'the history of a key in a bucket that keeps several revisions › holds so many, the present one included, oldest first',
    ],
    breaks: (engine) => ({
      createBucket: (at, config) =>
        engine.createBucket(at, { ...config, history: config.history + 1 }),
    }),
  },
  {
    name: 'forgets idempotency',
    turnsRed: [
      'a commit repeated under its idempotency key › is applied once and answered as the first time',
      'a commit repeated under its idempotency key › is refused with other operations, which are not applied',
    ],
    breaks: (engine) => ({ commit: (at, operations) => engine.commit(at, operations) }),
  },
  {
    name: 'leaks between projects',
    turnsRed: [
      'projects › share no key, in buckets of the same name',
      'kv.clear › leaves other projects alone',
    ],
    breaks: (engine) => ({
      get: ({ bucket }, key, options) => engine.get({ project: 'one', bucket }, key, options),
      list: ({ bucket }, query) => engine.list({ project: 'one', bucket }, query),
      commit: ({ bucket }, operations) => engine.commit({ project: 'one', bucket }, operations),
      purgeBucket: ({ bucket }) => engine.purgeBucket({ project: 'one', bucket }),
    }),
  },
  {
    name: 'lets clear start the fences over',
    turnsRed: ['the fence of a lock › grows over release, expiry and clear'],
    breaks(engine) {
      let cleared = 0
      const fences = changeResults(engine, (result) => ({
        ...result,
        revision: Math.max(1, result.revision - cleared),
      }))
      return {
        ...fences,
        async purgeBucket(at) {
          const lockSpace = { ...at, bucket: `${at.bucket}.locks` }
          const info = await engine.purgeBucket(at)
          cleared = (await engine.getBucket(lockSpace)).revision
          return info
        },
      }
    },
  },
  {
    name: 'shows lock spaces as buckets',
    turnsRed: ['listing buckets › does not show lock spaces'],
    breaks: (engine) => ({
      async listBuckets(project, query) {
        const page = await engine.listBuckets(project, query)
        const locks = await engine.getBucket({ project, bucket: 'default.locks' })
        return { ...page, buckets: [...page.buckets, locks] }
      },
    }),
  },
  {
    name: 'loses the types of sets',
    turnsRed: ['a stored value › reads back the same: sets in objects and lists'],
    breaks: (engine) =>
      changeOperations(engine, (operation) =>
        operation.op === 'put' && operation.value.kind === 'record'
          ? { ...operation, value: { kind: 'record', data: operation.value.data } }
          : operation,
      ),
  },
  {
    name: 'takes bytes for text',
    turnsRed: [
      'a stored value › reads back the same: bytes that are no UTF-8',
      'a stored value › reads back bytes from listings, reads, watches, history and results',
    ],
    breaks: (engine) =>
      changeOperations(engine, (operation) => {
        if (operation.op !== 'put' || operation.value.kind !== 'bytes') return operation
        const text = new TextDecoder().decode(operation.value.data)
        return { ...operation, value: { kind: 'bytes', data: new TextEncoder().encode(text) } }
      }),
  },
  {
    name: 'forgets when a key came into being',
    turnsRed: ['putting a key › keeps createdAt and moves updatedAt'],
    breaks: (engine) => ({
      async get(at, key, options) {
        const entry = await engine.get(at, key, options)
        return entry && { ...entry, createdAt: entry.updatedAt }
      },
    }),
  },
]

export const bugs: readonly Bug[] = [
  ...expiryBugs,
  ...storageBugs,
  ...bucketBugs,
  ...watchBugs,
  ...subjectBugs,
  ...copyBugs,
]
