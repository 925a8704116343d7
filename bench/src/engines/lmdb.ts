import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { type Connection, type EngineDefinition, inChunks } from './engine.ts'

// `noSync` and its like are left out: after a power cut they leave broken files, so they are in no
// durability class that Kvasir has.

const shared = {
  isKvasir: false,
  durability: 'durable',
  measures: 'all',
} as const

export const lmdbDefault: EngineDefinition = {
  ...shared,
  name: 'lmdb',
  title: 'lmdb',
  durabilityText: 'default: resolves at commit, whose sync overlaps with the next',
  notes: ['values as MessagePack (the default)'],
  open: (directory) => connect(directory, {}),
}

export const lmdbSynced: EngineDefinition = {
  ...shared,
  name: 'lmdb-synced',
  title: 'lmdb JSON',
  durabilityText: 'overlappingSync: false: synced before it resolves',
  notes: ['values as JSON text, as Kvasir stores them'],
  open: (directory) => connect(directory, { encoding: 'json', overlappingSync: false }),
}

interface Options {
  readonly encoding?: 'json'
  readonly overlappingSync?: boolean
}

interface Database {
  get(key: string): unknown
  put(key: string, value: unknown): Promise<boolean>
  remove(key: string): Promise<boolean>
  doesExist(key: string): boolean
  getKeys(): Iterable<string>
  transaction<Result>(action: () => Result): Promise<Result>
  close(): Promise<void>
}

async function connect(directory: string, options: Options): Promise<Connection> {
  const lmdb = await importPeer<{ open(options: Options & { path: string }): Database }>('lmdb')
  const database = lmdb.open({ path: join(directory, 'lmdb'), ...options })
  const counter = (key: string): number => (database.get(key) as number | undefined) ?? 0
  return {
    get: (key) => database.get(key),
    set: (key, value) => database.put(key, value),
    has: (key) => database.doesExist(key),
    delete: (key) => database.remove(key),
    list() {
      let count = 0
      for (const _key of database.getKeys()) count++
      return count
    },
    increment: (key) => database.transaction(() => database.put(key, counter(key) + 1)),
    counter,
    // In small transactions: large ones leave a free list that slows every later write.
    load: (entries) =>
      inChunks(entries, 500, (chunk) =>
        Promise.all(chunk.map(([key, value]) => database.put(key, value))),
      ),
    close: () => database.close(),
  }
}
