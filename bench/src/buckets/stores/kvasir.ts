import { openStore, type Store } from 'kvasir'
import { startKvasirServer } from '../../servers/kvasir-server.ts'
import type { BucketConnection, BucketPage, BucketStoreDefinition } from '../bucket-store.ts'

const shared = { isKvasir: true } as const

export const kvasirDurable: BucketStoreDefinition = {
  ...shared,
  name: 'kvasir-durable',
  title: 'Kvasir',
  durability: 'durable',
  durabilityText: 'embedded; SQLite WAL, synced before each acknowledgement (the default)',
  notes: [],
  isRead: true,
  open: async (directory) => connect(await openStore(directory, { durability: 'durable' })),
}

export const kvasirRelaxed: BucketStoreDefinition = {
  ...shared,
  name: 'kvasir-relaxed',
  title: 'Kvasir',
  durability: 'relaxed',
  durabilityText: 'embedded; SQLite WAL, synced at checkpoints',
  notes: [],
  isRead: false,
  open: async (directory) => connect(await openStore(directory, { durability: 'relaxed' })),
}

export const kvasirServed: BucketStoreDefinition = {
  ...shared,
  name: 'kvasir-served',
  title: 'Kvasir served',
  durability: 'durable',
  durabilityText: 'kvasir serve, synced before each acknowledgement (the default)',
  notes: ['a server: each call crosses HTTP on the loopback to another process, and back'],
  isRead: true,
  serve: (directory) => startKvasirServer(directory, { durability: 'durable', on: 'tcp' }),
  open: async (address) => connect(await openStore(address)),
}

export const kvasirServedRelaxed: BucketStoreDefinition = {
  ...kvasirServed,
  name: 'kvasir-served-relaxed',
  durability: 'relaxed',
  durabilityText: 'kvasir serve, synced at checkpoints',
  isRead: false,
  serve: (directory) => startKvasirServer(directory, { durability: 'relaxed', on: 'tcp' }),
}

const chunkLength = 1000

function connect(store: Store): BucketConnection {
  const project = store.project('default')
  const flows = project.flows()
  const kvOf = remembered((bucket) => project.kv({ bucket }))
  const bucketOf = remembered((name) => project.bucket(name))
  return {
    createBucket: (bucket, history) => project.createBucket(bucket, { history }),
    async load(bucket, entries) {
      for (let first = 0; first < entries.length; first += chunkLength) {
        const chunk = entries.slice(first, first + chunkLength)
        await kvOf(bucket).setMany(chunk.map(([key, value]) => ({ key, value })))
      }
    },
    async put(bucket, key, value) {
      const result = await (await bucketOf(bucket)).put(key, value)
      return result.ok ? result.revision : 0
    },
    get: async (bucket, key) => (await kvOf(bucket).get<string>(key)) ?? undefined,
    async history(bucket, key) {
      const items = await (await bucketOf(bucket)).history(key)
      return items.flatMap((item) => (item.kind === 'put' ? [String(item.value)] : []))
    },
    async page(bucket, from, limit): Promise<BucketPage> {
      const { body } = await flows.kvKeyList({ bucket, start_seq: from, limit })
      if (!body) throw new Error('A page came back without a body.')
      const keys = body.items.map(({ key }) => key)
      return { keys, ...(body.next_seq !== undefined && { next: body.next_seq }) }
    },
    countKeys: async (bucket) => (await (await bucketOf(bucket)).info()).keys,
    async countAllKeys() {
      const counts: number[] = []
      for await (const { name, keys } of project.buckets()) {
        // Every project has this one from the start.
        if (name !== 'default') counts.push(keys)
      }
      return counts
    },
    async watch(bucket, onChange) {
      const changes = kvOf(bucket).watch()
      await changes.ready
      // It ends with the process, which it takes along when it fails.
      void (async () => {
        for await (const { type, revision } of changes) if (type !== 'gap') onChange(revision)
      })()
    },
    close: () => store.close(),
  }
}

/** Makes a handle of a bucket once. */
function remembered<Handle>(make: (bucket: string) => Handle): (bucket: string) => Handle {
  const handles = new Map<string, Handle>()
  return (bucket) => {
    const handle = handles.get(bucket) ?? make(bucket)
    handles.set(bucket, handle)
    return handle
  }
}
