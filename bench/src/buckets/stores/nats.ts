import { importPeer } from '../../../peers/import-peer.ts'
import { startNatsServer } from '../../servers/nats-server.ts'
import type {
  BucketConnection,
  BucketPage,
  BucketStoreDefinition,
  TextEntry,
} from '../bucket-store.ts'

// NATS KV through its own client, and JetStream's where the KV client has no call for it.

const shared = {
  title: 'NATS KV',
  isKvasir: false,
  notes: [
    'a server: each call crosses TCP on the loopback to another process, and back',
    'pages are batches of direct gets, since its KV client has no pages',
  ],
  open: connect,
} as const

export const natsAlways: BucketStoreDefinition = {
  ...shared,
  name: 'nats-always',
  durability: 'durable',
  durabilityText: 'one nats-server, file storage, sync_interval always',
  isRead: false,
  serve: (directory) => startNatsServer(directory, 'always'),
}

export const natsDefault: BucketStoreDefinition = {
  ...shared,
  name: 'nats-default',
  durability: 'relaxed',
  durabilityText: 'one nats-server, file storage, synced every two minutes (its default)',
  // It stores what it is filled with in a fraction of the time, and reads the same.
  isRead: true,
  serve: (directory) => startNatsServer(directory, '2m'),
}

interface NatsEntry {
  readonly operation: string
  readonly revision: number
  string(): string
}

interface Kv {
  put(key: string, value: string): Promise<number>
  get(key: string): Promise<NatsEntry | null>
  history(query: { key: string }): Promise<AsyncIterable<NatsEntry>>
  status(): Promise<{ readonly values: number }>
  watch(query: { include: 'updates' }): Promise<AsyncIterable<NatsEntry>>
}

interface NatsConnection {
  close(): Promise<void>
}

interface StoredMessage {
  readonly subject: string
  readonly seq: number
  string(): string
}

interface JetStreamManager {
  readonly direct: {
    getBatch(
      stream: string,
      query: { seq: number; batch: number },
    ): Promise<AsyncIterable<StoredMessage>>
  }
}

interface NatsModules {
  connect(options: { servers: string }): Promise<NatsConnection>
  jetstreamManager(connection: NatsConnection): Promise<JetStreamManager>
  readonly Kvm: new (
    connection: NatsConnection,
  ) => {
    create(bucket: string, options: { history: number; allow_direct: boolean }): Promise<Kv>
    list(): AsyncIterable<{ readonly values: number }>
  }
}

// More would only queue up in the client.
const underWayMax = 1000

async function connect(address: string): Promise<BucketConnection> {
  const { connect: connectTo } = await importPeer<NatsModules>('@nats-io/transport-node')
  const { jetstreamManager } = await importPeer<NatsModules>('@nats-io/jetstream')
  const { Kvm } = await importPeer<NatsModules>('@nats-io/kv')
  const connection = await connectTo({ servers: address })
  const manager = await jetstreamManager(connection)
  const kvm = new Kvm(connection)
  const buckets = new Map<string, Kv>()
  const kvOf = (bucket: string): Kv => {
    const kv = buckets.get(bucket)
    if (kv) return kv
    throw new Error(`There is no bucket ${bucket}.`)
  }
  return {
    async createBucket(bucket, history) {
      buckets.set(bucket, await kvm.create(bucket, { history, allow_direct: true }))
    },
    load: (bucket, entries) => load(kvOf(bucket), entries),
    put: (bucket, key, value) => kvOf(bucket).put(key, value),
    get: async (bucket, key) => (await kvOf(bucket).get(key))?.string(),
    async history(bucket, key) {
      const values: string[] = []
      for await (const entry of await kvOf(bucket).history({ key })) values.push(entry.string())
      return values
    },
    page: (bucket, from, limit) => readPage(manager, { bucket, from, limit }),
    countKeys: async (bucket) => (await kvOf(bucket).status()).values,
    async countAllKeys() {
      const counts: number[] = []
      for await (const { values } of kvm.list()) counts.push(values)
      return counts
    },
    async watch(bucket, onChange) {
      const changes = await kvOf(bucket).watch({ include: 'updates' })
      // It ends with the process, which it takes along when it fails.
      void (async () => {
        for await (const { revision } of changes) onChange(revision)
      })()
    },
    close: () => connection.close(),
  }
}

async function load(kv: Kv, entries: readonly TextEntry[]): Promise<void> {
  for (let first = 0; first < entries.length; first += underWayMax) {
    const chunk = entries.slice(first, first + underWayMax)
    await Promise.all(chunk.map(([key, value]) => kv.put(key, value)))
  }
}

async function readPage(
  { direct }: JetStreamManager,
  { bucket, from, limit }: { bucket: string; from: number; limit: number },
): Promise<BucketPage> {
  const prefix = `$KV.${bucket}.`
  const messages = await direct.getBatch(`KV_${bucket}`, { seq: from + 1, batch: limit })
  const keys: string[] = []
  let next = from
  for await (const message of messages) {
    // As Kvasir does, hand the value out as the text that it is.
    message.string()
    keys.push(message.subject.slice(prefix.length))
    next = message.seq
  }
  return { keys, ...(keys.length === limit && { next }) }
}
