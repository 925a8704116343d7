import type { EngineDefinition } from './engine.ts'
import { keyvPostgres } from './keyv-postgres.ts'
import { servedByFetch, servedDurable, servedOnTcp, servedRelaxed } from './kvasir-served.ts'
import { natsAlways, natsDefault } from './nats-kv.ts'
import { redisAlways, redisEverySecond } from './redis.ts'

/** What is behind a server, in the order of the tables: by durability, Kvasir first. */
export const wireEngineList: readonly EngineDefinition[] = [
  servedDurable,
  redisAlways,
  natsAlways,
  keyvPostgres,
  servedOnTcp,
  servedByFetch,
  servedRelaxed,
  redisEverySecond,
  natsDefault,
]
