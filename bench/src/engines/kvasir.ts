import { type Kv, openStore, type Store } from 'kvasir'
import { type Connection, type EngineDefinition, inChunks } from './engine.ts'

const shared = { title: 'Kvasir', isKvasir: true, hasPages: true, notes: [] } as const

export const kvasirDurable: EngineDefinition = {
  ...shared,
  name: 'kvasir-durable',
  durability: 'durable',
  durabilityText: 'SQLite WAL, synced before each acknowledgement (the default)',
  measures: 'all',
  open: async (directory) => connect(await openStore(directory, { durability: 'durable' })),
}

export const kvasirRelaxed: EngineDefinition = {
  ...shared,
  name: 'kvasir-relaxed',
  title: 'Kvasir, relaxed',
  durability: 'relaxed',
  durabilityText: 'SQLite WAL, synced at checkpoints',
  measures: 'writes',
  open: async (directory) => connect(await openStore(directory, { durability: 'relaxed' })),
}

export const kvasirMemory: EngineDefinition = {
  ...shared,
  name: 'kvasir-memory',
  title: 'Kvasir, memory',
  durability: 'memory',
  durabilityText: 'none',
  measures: 'all',
  open: async () => connect(await openStore('memory:')),
}

export function connect(store: Store, project = 'bench'): Connection {
  const kv = store.project(project).kv()
  return {
    get: (key) => kv.get(key),
    set: (key, value) => kv.set(key, value),
    has: (key) => kv.has(key),
    delete: (key) => kv.delete(key),
    list: () => countKeys(kv),
    increment: (key) => kv.increment(key),
    counter: async (key) => (await kv.get<number>(key)) ?? 0,
    load: (entries) =>
      inChunks(entries, 1000, (chunk) => kv.setMany(chunk.map(([key, value]) => ({ key, value })))),
    listPage: pageReader(kv),
    close: () => store.close(),
  }
}

async function countKeys(kv: Kv): Promise<number> {
  let count = 0
  for await (const _key of kv.keys()) count++
  return count
}

function pageReader(kv: Kv): () => Promise<number> {
  let cursor: string | undefined
  return async () => {
    const page = await kv.entries().page({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    cursor = page.cursor
    return page.items.length
  }
}
