import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { type EngineDefinition, inChunks } from './engine.ts'

export interface Adapter {
  query(sql: string): Promise<unknown>
}

export interface Keyv {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<boolean>
  has(key: string): Promise<boolean>
  delete(key: string): Promise<boolean>
  iterator(argument?: unknown): AsyncIterable<unknown>
  disconnect(): Promise<void>
}

export interface KeyvModule {
  readonly Keyv: new (options: { store: Adapter; throwOnErrors: boolean }) => Keyv
}

interface AdapterModule {
  readonly KeyvSqlite: new (options: { uri: string; iterationLimit: number }) => Adapter
}

export const keyvSqlite: EngineDefinition = {
  name: 'keyv-sqlite',
  title: 'keyv sqlite',
  isKvasir: false,
  durability: 'durable',
  durabilityText: 'rollback journal, synchronous=FULL (the default)',
  notes: [
    'has no atomic increment: get, then set, loses counts',
    'lists in pages of 1,000; its default of 10 overflows the stack at 100,000 keys',
  ],
  measures: 'all',
  async open(directory) {
    const { Keyv } = await importPeer<KeyvModule>('keyv')
    const { KeyvSqlite } = await importPeer<AdapterModule>('@keyv/sqlite')
    const uri = `sqlite://${join(directory, 'keyv.sqlite')}`
    const store = new KeyvSqlite({ uri, iterationLimit: 1000 })
    const keyv = new Keyv({ store, throwOnErrors: true })
    const counter = async (key: string) => ((await keyv.get(key)) as number | undefined) ?? 0
    return {
      get: (key) => keyv.get(key),
      set: (key, value) => keyv.set(key, value),
      has: (key) => keyv.has(key),
      delete: (key) => keyv.delete(key),
      async list() {
        let count = 0
        for await (const _entry of keyv.iterator(undefined)) count++
        return count
      },
      increment: async (key) => keyv.set(key, (await counter(key)) + 1),
      counter,
      // Its own calls within one transaction, where each would otherwise sync twice.
      load: (entries) =>
        inChunks(entries, 1000, async (chunk) => {
          await store.query('BEGIN')
          await Promise.all(chunk.map(([key, value]) => keyv.set(key, value)))
          await store.query('COMMIT')
        }),
      close: () => keyv.disconnect(),
    }
  },
}
