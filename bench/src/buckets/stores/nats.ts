import { importPeer } from '../../../peers/import-peer.ts'
import { startNatsServer } from '../../servers/nats-server.ts'
import type { BucketConnection, BucketStoreDefinition, TextEntry } from '../bucket-store.ts'

// NATS KV through its own client, and JetStream's where the KV client has no call for it.

const shared = {
  title: 'NATS KV',
  isKvasir: false,
  notes: [
    'a server: each call crosses TCP on the loopback to another process, and back',
    'pages and histories are batches of direct gets: its KV client has no pages, and a history of it makes a consumer of each call, until the server takes no more',
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
      query: { seq: number; batch: number; next_by_subj?: string },
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

const historyMax = 64

async function connect(address: string): Promise<BucketConnection> {
  const { connect: connectTo } = await importPeer<NatsModules>('@nats-io/transport-node')
  const { jetstreamManager } = await importPeer<NatsModules>('@nats-io/jetstream')
  const { Kvm } = await importPeer<NatsModules>('@nats-io/kv')
  const connection = await connectTo({ servers: address })
  const manager = await jetstreamManager(connection)
  const kvm = new Kvm(connection)
  const buckets = new Map<string, Kv>()
  const lastRevisions = new Map<string, number>()
  const kvOf = (bucket: string): Kv => {
    const kv = buckets.get(bucket)
    if (kv) return kv
    throw new Error(`There is no bucket ${bucket}.`)
  }
  return {
    async createBucket(bucket, history) {
      buckets.set(bucket, await kvm.create(bucket, { history, allow_direct: true }))
    },
    async load(bucket, entries) {
      lastRevisions.set(bucket, await load(kvOf(bucket), entries))
    },
    put: (bucket, key, value) => kvOf(bucket).put(key, value),
    get: async (bucket, key) => (await kvOf(bucket).get(key))?.string(),
    async history(bucket, key) {
      const query = { seq: 1, batch: historyMax, next_by_subj: `$KV.${bucket}.${key}` }
      const messages = await manager.direct.getBatch(`KV_${bucket}`, query)
      const values: string[] = []
      for await (const message of messages) values.push(message.string())
      return values
    },
    async page(bucket, from, limit) {
      const page = await readPage(manager, { bucket, from, limit })
      // Asked for more than there is, the server answers with an error: so it is not asked.
      const isLast = page.last >= (lastRevisions.get(bucket) ?? 0)
      return { keys: page.keys, ...(!isLast && { next: page.last }) }
    },
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

/** Answers the revision of the last. */
async function load(kv: Kv, entries: readonly TextEntry[]): Promise<number> {
  let last = 0
  for (let first = 0; first < entries.length; first += underWayMax) {
    const chunk = entries.slice(first, first + underWayMax)
    const revisions = await Promise.all(chunk.map(([key, value]) => kv.put(key, value)))
    last = revisions.at(-1) ?? last
  }
  return last
}

async function readPage(
  { direct }: JetStreamManager,
  { bucket, from, limit }: { bucket: string; from: number; limit: number },
): Promise<{ readonly keys: string[]; readonly last: number }> {
  const prefix = `$KV.${bucket}.`
  const messages = await direct.getBatch(`KV_${bucket}`, { seq: from + 1, batch: limit })
  const keys: string[] = []
  let last = from
  for await (const message of messages) {
    // As Kvasir does, hand the value out as the text that it is.
    message.string()
    keys.push(message.subject.slice(prefix.length))
    last = message.seq
  }
  return { keys, last }
}
