import { importPeer } from '../../../peers/import-peer.ts'
import { startRedisServer } from '../../servers/redis-server.ts'
import type { ListRecord, RecordConnection, RecordStoreDefinition } from '../record-store.ts'

// A record as one would keep it in Redis: a hash for what is small, and beside it a list or a set.

const shared = {
  title: 'Redis',
  isKvasir: false,
  notes: [
    'a server: each call crosses a Unix socket to another process, and back',
    'whole records are a hash and a list within MULTI; put answers no record from before',
  ],
  open: connect,
} as const

export const redisAlways: RecordStoreDefinition = {
  ...shared,
  name: 'redis-always',
  durability: 'durable',
  durabilityText: 'through ioredis; appendonly, appendfsync always',
  serve: (directory) => startRedisServer(directory, 'always'),
}

export const redisEverySecond: RecordStoreDefinition = {
  ...shared,
  name: 'redis-everysec',
  durability: 'relaxed',
  durabilityText: 'through ioredis; appendonly, appendfsync everysec',
  serve: (directory) => startRedisServer(directory, 'everysec'),
}

interface Commands<Reply> {
  del(...keys: string[]): Reply
  hset(key: string, fields: object): Reply
  hgetall(key: string): Reply
  lrange(key: string, first: number, last: number): Reply
  rpush(key: string, elements: readonly string[]): Reply
  sadd(key: string, members: readonly string[]): Reply
}

interface Transaction extends Commands<Transaction> {
  /** `null` when a watched key has changed. */
  exec(): Promise<[error: Error | null, reply: unknown][] | null>
}

interface Redis extends Commands<Promise<unknown>> {
  connect(): Promise<void>
  on(event: 'error', listener: () => void): this
  disconnect(): void
  multi(): Transaction
  watch(...keys: string[]): Promise<unknown>
  hincrby(key: string, field: string, by: number): Promise<number>
  lpush(key: string, element: string): Promise<number>
  lindex(key: string, place: number): Promise<string | null>
  lpop(key: string): Promise<string | null>
  llen(key: string): Promise<number>
  sismember(key: string, member: string): Promise<number>
  srem(key: string, member: string): Promise<number>
  scard(key: string): Promise<number>
  type(key: string): Promise<string>
}

interface RedisModule {
  readonly Redis: new (options: object) => Redis
}

async function connect(path: string): Promise<RecordConnection> {
  const { Redis } = await importPeer<RedisModule>('ioredis')
  // A server that goes away fails the measurement; waiting for it would be measured as slowness.
  const redis = new Redis({ path, lazyConnect: true, retryStrategy: () => null })
  // The calls that fail tell of it; without a listener the client would print it as well.
  redis.on('error', () => undefined)
  await redis.connect()
  return {
    ...wholeRecords(redis),
    increment: (key) => redis.hincrby(key, 'count', 1),
    append: (key, element) => redis.rpush(elementsOf(key), [element]),
    unshift: (key, element) => redis.lpush(elementsOf(key), element),
    peek: (key) => redis.lindex(elementsOf(key), 0),
    shift: (key) => redis.lpop(elementsOf(key)),
    add: async (key, member) => (await redis.sadd(elementsOf(key), [member])) === 1,
    has: async (key, member) => (await redis.sismember(elementsOf(key), member)) === 1,
    remove: async (key, member) => (await redis.srem(elementsOf(key), member)) === 1,
    async countElements(key) {
      const isList = (await redis.type(elementsOf(key))) === 'list'
      return isList ? redis.llen(elementsOf(key)) : redis.scard(elementsOf(key))
    },
    close: () => redis.disconnect(),
  }
}

type WholeRecords = Pick<RecordConnection, 'get' | 'put' | 'putSet' | 'patch' | 'update'>

function wholeRecords(redis: Redis): WholeRecords {
  const get = async (key: string): Promise<ListRecord> =>
    recordOf(await committed(addGet(redis.multi(), key)))

  return {
    get,
    put: (key, record) => committed(addPut(redis.multi(), key, record)),
    putSet(key, { elements, ...small }) {
      const transaction = redis.multi().del(key, elementsOf(key)).hset(key, small)
      for (const piece of piecesOf(elements)) transaction.sadd(elementsOf(key), piece)
      return committed(transaction)
    },
    patch: async (key, note) =>
      recordOf(await committed(addGet(redis.multi(), key).hset(key, { note }))),
    async update(key, updater) {
      await redis.watch(key, elementsOf(key))
      const before = await get(key)
      await committed(addPut(redis.multi(), key, updater(before)))
      return before
    },
  }
}

function addGet(transaction: Transaction, key: string): Transaction {
  return transaction.hgetall(key).lrange(elementsOf(key), 0, -1)
}

function addPut(transaction: Transaction, key: string, record: ListRecord): Transaction {
  const { elements, ...small } = record
  transaction.del(key, elementsOf(key)).hset(key, small)
  for (const piece of piecesOf(elements)) transaction.rpush(elementsOf(key), piece)
  return transaction
}

/** @throws {Error} what the first command that failed says. */
async function committed(transaction: Transaction): Promise<unknown[]> {
  const replies = await transaction.exec()
  if (!replies) throw new Error('A record was changed by somebody else; the bench is alone.')
  return replies.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}

function recordOf([small, elements]: unknown[]): ListRecord {
  const { note, count } = small as { note: string; count: string }
  return { note, count: Number(count), elements: elements as string[] }
}

/** As many arguments as a command takes without trouble. */
function piecesOf(elements: readonly string[]): string[][] {
  const length = 10_000
  const count = Math.ceil(elements.length / length)
  return Array.from({ length: count }, (_, index) => {
    return elements.slice(index * length, (index + 1) * length)
  })
}

function elementsOf(key: string): string {
  return `${key}:elements`
}
