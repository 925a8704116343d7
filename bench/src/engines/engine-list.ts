import { denoKv } from './deno-kv.ts'
import type { EngineDefinition } from './engine.ts'
import { keyvSqlite } from './keyv-sqlite.ts'
import { kvasirDurable, kvasirMemory, kvasirRelaxed } from './kvasir.ts'
import { lmdbDefault, lmdbSynced } from './lmdb.ts'
import { mapJson } from './map-json.ts'
import { natsAlways } from './nats-kv.ts'
import { sqliteFull, sqliteFullBatched, sqliteNormal, sqliteNormalBatched } from './raw-sqlite.ts'
import { redisAlways } from './redis.ts'
import { unstorageFs, unstorageMemory } from './unstorage.ts'
import { wireEngineList } from './wire-engine-list.ts'

/** In the order of the tables: by durability, Kvasir first. */
export const engineList: readonly EngineDefinition[] = [
  kvasirDurable,
  sqliteFull,
  sqliteFullBatched,
  lmdbDefault,
  lmdbSynced,
  keyvSqlite,
  denoKv,
  // Servers, of which only their counters are compared with something embedded.
  { ...redisAlways, measures: 'increments' },
  { ...natsAlways, measures: 'increments' },
  kvasirRelaxed,
  sqliteNormal,
  sqliteNormalBatched,
  unstorageFs,
  mapJson,
  kvasirMemory,
  unstorageMemory,
]

export function engineNamed(name: string): EngineDefinition {
  const all = [...wireEngineList, ...engineList]
  const engine = all.find((candidate) => candidate.name === name)
  if (engine) return engine
  const names = all.map((known) => known.name).join(', ')
  throw new Error(`There is no engine "${name}". There are: ${names}.`)
}
