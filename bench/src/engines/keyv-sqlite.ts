import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { type EngineDefinition, inChunks } from './engine.ts'
import { type Adapter, type KeyvModule, keyvCalls } from './keyv-calls.ts'

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
    return {
      ...keyvCalls(keyv),
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
