import type { Engine, Operation } from 'kvasir/engine'
import { type Bug, changeOperations } from './broken-engine.ts'

/** Bugs in what expires, and when. */
export const expiryBugs: readonly Bug[] = [
  {
    name: 'forgets expiry in get',
    turnsRed: ['a key with a TTL, seen by › get: is gone from the very millisecond'],
    breaks: (_engine, timeless) => ({ get: (at, key, options) => timeless.get(at, key, options) }),
  },
  {
    name: 'forgets expiry in listings',
    turnsRed: [
      'a key with a TTL, seen by › a listing by key: is gone from the very millisecond',
      'kv.keys › does not see what has expired',
    ],
    breaks: (_engine, timeless) => ({ list: (at, query) => timeless.list(at, query) }),
  },
  {
    name: 'forgets expiry in reads of parts',
    turnsRed: [
      'a key with a TTL, seen by › a peek: is gone from the very millisecond',
      'a key with a TTL, seen by › a question for members: is gone from the very millisecond',
      'kv.has › is true to the last millisecond and false from the next',
    ],
    breaks: (_engine, timeless) => ({ read: (at, reads) => timeless.read(at, reads) }),
  },
  {
    name: 'forgets expiry in history',
    turnsRed: [
      'the history of a key that expires › does not show the value from that millisecond on',
    ],
    breaks: (_engine, timeless) => ({
      history: (at, key, options) => timeless.history(at, key, options),
    }),
  },
  {
    name: 'forgets expiry in the figures of a bucket',
    turnsRed: ['a key with a TTL, seen by › the count of keys: is gone from the very millisecond'],
    breaks: (_engine, timeless) => ({ getBucket: (at) => timeless.getBucket(at) }),
  },
  {
    name: 'forgets expiry in conditions, so that ifAbsent fails on expired keys',
    turnsRed: [
      'a write with ifAbsent › counts an expired key as absent',
      'a write with ifRevision › finds an expired key absent',
      'kv.lock › is free again from the millisecond its TTL is over',
    ],
    breaks: (engine, timeless) => answersFrom(engine, timeless, isConditional),
  },
  {
    name: 'forgets expiry in increments',
    turnsRed: [
      'incrementing a key › starts at 0 again when the key has expired',
      'kv.rateLimit › has a window that begins with its first call and stays fixed',
    ],
    breaks: (engine, timeless) => answersFrom(engine, timeless, ({ op }) => op === 'increment'),
  },
  {
    name: 'lets keys live a millisecond too long',
    turnsRed: ['a key with a TTL, seen by › get: is gone from the very millisecond'],
    breaks: (engine) =>
      changeOperations(engine, (operation) => withTtl(operation, (ttlMs) => ttlMs + 1)),
  },
  {
    name: 'drops the TTL where it should stay',
    turnsRed: [
      'incrementing a key › keeps the TTL that the key has',
      'patching a record › keeps the TTL unless one is given',
    ],
    breaks: (engine) =>
      changeOperations(engine, (operation) =>
        operation.op === 'increment' || operation.op === 'patch'
          ? { expiry: 'none', ...operation }
          : operation,
      ),
  },
]

/** Answers commits that have such an operation as if nothing ever expired. */
function answersFrom(
  engine: Engine,
  timeless: Engine,
  isMeant: (operation: Operation) => boolean,
): Pick<Engine, 'commit'> {
  return {
    async commit(at, operations, options) {
      if (!operations.some(isMeant)) return engine.commit(at, operations, options)
      return timeless.commit(at, operations, options)
    },
  }
}

function isConditional({ ifAbsent, ifRevision }: Operation): boolean {
  return ifAbsent === true || ifRevision !== undefined
}

function withTtl(operation: Operation, change: (ttlMs: number) => number): Operation {
  if (!('expiry' in operation) || typeof operation.expiry !== 'object') return operation
  const { expiry } = operation
  return 'ttlMs' in expiry ? { ...operation, expiry: { ttlMs: change(expiry.ttlMs) } } : operation
}
