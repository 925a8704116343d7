import type { EngineDefinition } from './engine.ts'
import { servedByFetch, servedDurable, servedRelaxed } from './kvasir-served.ts'
import { redisAlways, redisEverySecond } from './redis.ts'

/** What is behind a server, in the order of the tables: by durability, Kvasir first. */
export const wireEngineList: readonly EngineDefinition[] = [
  servedDurable,
  redisAlways,
  servedByFetch,
  servedRelaxed,
  redisEverySecond,
]
