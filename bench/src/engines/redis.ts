import { importPeer } from '../../peers/import-peer.ts'
import { startRedisServer } from '../servers/redis-server.ts'
import { type Connection, type EngineDefinition, inChunks } from './engine.ts'

// Values are JSON text, as one keeps them in Redis; ioredis pipelines what one turn asks for.

const shared = {
  title: 'Redis',
  isKvasir: false,
  notes: ['ioredis with enableAutoPipelining, on a Unix socket, which is quicker than TCP'],
} as const

export const redisAlways: EngineDefinition = {
  ...shared,
  name: 'redis-always',
  durability: 'durable',
  durabilityText: 'appendonly, appendfsync always',
  measures: 'all',
  open: (directory) => openRedis(directory, 'always'),
}

export const redisEverySecond: EngineDefinition = {
  ...shared,
  name: 'redis-everysec',
  durability: 'relaxed',
  durabilityText: 'appendonly, appendfsync everysec',
  measures: 'writes',
  open: (directory) => openRedis(directory, 'everysec'),
}

interface Redis {
  on(event: 'error', listener: () => void): void
  connect(): Promise<void>
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<unknown>
  mset(...pairs: string[]): Promise<unknown>
  exists(key: string): Promise<number>
  del(key: string): Promise<number>
  dbsize(): Promise<number>
  incr(key: string): Promise<number>
  disconnect(): void
}

interface RedisModule {
  readonly Redis: new (options: object) => Redis
}

async function openRedis(
  directory: string,
  appendfsync: 'always' | 'everysec',
): Promise<Connection> {
  const server = await startRedisServer(directory, appendfsync)
  const { Redis } = await importPeer<RedisModule>('ioredis')
  const options = { path: server.address, lazyConnect: true, enableAutoPipelining: true }
  // A server that is gone is told at once, or it would be measured as slowness.
  const redis = new Redis({ ...options, retryStrategy: () => null })
  // The calls that fail tell of it; without a listener the client would print it as well.
  redis.on('error', () => undefined)
  await redis.connect()
  const get = async (key: string): Promise<unknown> => {
    const text = await redis.get(key)
    return text === null ? undefined : JSON.parse(text)
  }
  return {
    get,
    set: (key, value) => redis.set(key, JSON.stringify(value)),
    has: async (key) => (await redis.exists(key)) === 1,
    delete: (key) => redis.del(key),
    list: () => redis.dbsize(),
    increment: (key) => redis.incr(key),
    counter: async (key) => Number((await get(key)) ?? 0),
    load: (entries) =>
      inChunks(entries, 1000, (chunk) =>
        redis.mset(...chunk.flatMap(([key, value]) => [key, JSON.stringify(value)])),
      ),
    async close() {
      redis.disconnect()
      await server.close()
    },
  }
}
