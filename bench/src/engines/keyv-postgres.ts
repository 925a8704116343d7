import { importPeer } from '../../peers/import-peer.ts'
import { startPostgresServer } from '../servers/postgres-server.ts'
import { type EngineDefinition, inChunks } from './engine.ts'
import { type Adapter, type KeyvModule, keyvCalls } from './keyv-calls.ts'

interface AdapterModule {
  readonly KeyvPostgres: new (options: { uri: string }) => Adapter
}

export const keyvPostgres: EngineDefinition = {
  name: 'keyv-postgres',
  title: 'keyv postgres',
  isKvasir: false,
  durability: 'durable',
  durabilityText: 'PostgreSQL with synchronous_commit=on (the default), a pool of 10 connections',
  notes: ['on a Unix socket', 'has no atomic increment: get, then set, loses counts'],
  measures: 'all',
  async open() {
    const server = await startPostgresServer()
    const { Keyv } = await importPeer<KeyvModule>('keyv')
    const { KeyvPostgres } = await importPeer<AdapterModule>('@keyv/postgres')
    const store = new KeyvPostgres({ uri: server.address })
    const keyv = new Keyv({ store, throwOnErrors: true })
    return {
      ...keyvCalls(keyv),
      load: (entries) =>
        inChunks(entries, 1000, (chunk) =>
          Promise.all(chunk.map(([key, value]) => keyv.set(key, value))),
        ),
      async close() {
        await keyv.disconnect()
        await server.close()
      },
    }
  },
}
