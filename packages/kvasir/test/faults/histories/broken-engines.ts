import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine } from '../../../src/engine/engine.ts'
import type { Entry } from '../../../src/engine/entry.ts'
import type { Operation } from '../../../src/engine/operation.ts'

/** Faults that the histories must bring to light. Each is an engine with a method of its own. */
const faults = {
  /** Answers `get` from a copy up to 5 ms old, which only its own process's writes renew. */
  'stale cache': (engine) => {
    const copies = new Map<string, { entry: Entry | undefined; untilMs: number }>()
    return {
      async get(at, key) {
        const name = `${at.project}/${key}`
        const copy = copies.get(name)
        if (copy && copy.untilMs > performance.now()) return copy.entry
        const entry = await engine.get(at, key)
        copies.set(name, { entry, untilMs: performance.now() + 5 })
        return entry
      },
      async commit(at, operations, options) {
        const committed = await engine.commit(at, operations, options)
        for (const { key } of operations) copies.delete(`${at.project}/${key}`)
        return committed
      },
    }
  },

  /** Increments by reading the number and putting a higher one. */
  'lost update': (engine) => ({
    async commit(at, operations, options) {
      const [first] = operations
      if (first?.op !== 'increment' || !first.by) return engine.commit(at, operations, options)
      const current = await engine.get(at, first.key)
      const number = Number(current?.value.data ?? 0) + first.by
      const value = { kind: 'json', data: String(number) } as const
      const committed = await engine.commit(at, [{ op: 'put', key: first.key, value }], options)
      if (!committed.ok) return committed
      return { ok: true, results: committed.results.map((result) => ({ ...result, number })) }
    },
  }),

  /** Reads many keys one after the other. */
  'torn read': (engine) => ({
    async read(at, reads) {
      const results = []
      for (const read of reads) {
        results.push(...(await engine.read(at, [read])))
        await nextTurn()
      }
      return results
    },
  }),

  /** Looks whether a condition holds, and then writes without it. */
  'check then act': (engine) => ({
    async commit(at, operations, options) {
      for (const [index, { key, ifAbsent, ifRevision }] of operations.entries()) {
        const wanted = ifAbsent ? 0 : ifRevision
        if (wanted === undefined) continue
        const revision = (await engine.get(at, key))?.revision ?? 0
        if (revision !== wanted) return { ok: false, conflict: { index, key, revision } }
      }
      const bare = operations.map(({ ifAbsent: _a, ifRevision: _r, ...rest }) => rest as Operation)
      return engine.commit(at, bare, options)
    },
  }),

  /** Writes the operations of a batch one by one. */
  'torn write': (engine) => ({
    async commit(at, operations, options) {
      const results = []
      for (const operation of operations) {
        const committed = await engine.commit(at, [operation], options)
        if (!committed.ok) return committed
        results.push(...committed.results)
      }
      return { ok: true, results }
    },
  }),
} as const satisfies Readonly<Record<string, (engine: Engine) => Partial<Engine>>>

export type Fault = keyof typeof faults

/** The engine with the fault's methods in place of its own. */
export function breakEngine(engine: Engine, fault: Fault): Engine {
  const broken: Partial<Engine> = faults[fault](engine)
  return new Proxy(engine, {
    get(target, name) {
      const owner = name in broken ? broken : target
      const value: unknown = Reflect.get(owner, name, owner)
      return typeof value === 'function' ? value.bind(owner) : value
    },
  })
}
