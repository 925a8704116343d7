import type { RecordStoreDefinition } from '../record-store.ts'
import { kvasirDurable, kvasirRelaxed } from './kvasir.ts'
import { sqliteFull, sqliteNormal } from './naive-sqlite.ts'
import { redisAlways, redisEverySecond } from './redis.ts'

/** In the order of the tables: by durability, Kvasir first. */
export const recordStoreList: readonly RecordStoreDefinition[] = [
  kvasirDurable,
  sqliteFull,
  redisAlways,
  kvasirRelaxed,
  sqliteNormal,
  redisEverySecond,
]

export function recordStoreNamed(name: string): RecordStoreDefinition {
  const store = recordStoreList.find((candidate) => candidate.name === name)
  if (store) return store
  throw new Error(`There is no store of records "${name}".`)
}
