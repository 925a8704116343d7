import { mkdirSync } from 'node:fs'
import { importPeer } from '../../peers/import-peer.ts'
import { startNatsServer } from '../servers/nats-server.ts'
import { type Connection, type EngineDefinition, inChunks } from './engine.ts'

// NATS KV through its own client. Its keys take no colons.

const shared = {
  title: 'NATS KV',
  isKvasir: false,
  notes: [
    'JetStream file storage, one replica, direct gets, on TCP',
    'has no increment for its KV: get, then update if nobody was quicker, again until it fits',
  ],
} as const

export const natsAlways: EngineDefinition = {
  ...shared,
  name: 'nats-always',
  durability: 'durable',
  durabilityText: 'sync_interval always',
  measures: 'all',
  open: (directory) => openNats(directory, 'always'),
}

export const natsDefault: EngineDefinition = {
  ...shared,
  name: 'nats-default',
  durability: 'relaxed',
  durabilityText: 'synced every two minutes (the default)',
  measures: 'writes',
  open: (directory) => openNats(directory, '2m'),
}

interface NatsEntry {
  readonly operation: string
  readonly revision: number
  json(): unknown
}

interface NatsKv {
  get(key: string): Promise<NatsEntry | null>
  put(key: string, value: string): Promise<number>
  create(key: string, value: string): Promise<number>
  update(key: string, value: string, revision: number): Promise<number>
  delete(key: string): Promise<void>
  keys(): Promise<AsyncIterable<string>>
}

interface NatsModules {
  connect(options: { servers: string }): Promise<{ close(): Promise<void> }>
  readonly Kvm: new (
    connection: unknown,
  ) => { create(bucket: string, options: object): Promise<NatsKv> }
}

async function openNats(directory: string, syncInterval: 'always' | '2m'): Promise<Connection> {
  mkdirSync(directory, { recursive: true })
  const server = await startNatsServer(directory, syncInterval)
  const { connect } = await importPeer<NatsModules>('@nats-io/transport-node')
  const { Kvm } = await importPeer<NatsModules>('@nats-io/kv')
  const client = await connect({ servers: server.address })
  const kv = await new Kvm(client).create('bench', { history: 1, allow_direct: true })
  const read = async (key: string): Promise<NatsEntry | undefined> => {
    const entry = await kv.get(named(key))
    return entry?.operation === 'PUT' ? entry : undefined
  }
  const put = (key: string, value: unknown) => kv.put(named(key), JSON.stringify(value))
  return {
    get: async (key) => (await read(key))?.json(),
    set: put,
    has: async (key) => (await read(key)) !== undefined,
    delete: (key) => kv.delete(named(key)),
    async list() {
      let count = 0
      for await (const _key of await kv.keys()) count++
      return count
    },
    increment: (key) => increment(kv, named(key)),
    counter: async (key) => Number((await read(key))?.json() ?? 0),
    load: (entries) =>
      inChunks(entries, 1000, (chunk) => Promise.all(chunk.map(([key, value]) => put(key, value)))),
    async close() {
      await client.close()
      await server.close()
    },
  }
}

/** Tries until nobody else was quicker. */
async function increment(kv: NatsKv, key: string): Promise<void> {
  for (;;) {
    const entry = await kv.get(key)
    try {
      if (!entry) await kv.create(key, '1')
      else await kv.update(key, String(count(entry) + 1), entry.revision)
      return
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
}

function count(entry: NatsEntry): number {
  return entry.operation === 'PUT' ? Number(entry.json()) : 0
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && /wrong last sequence/i.test(error.message)
}

function named(key: string): string {
  return key.replaceAll(':', '.')
}
