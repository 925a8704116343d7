import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { type Connection, type EngineDefinition, type Entry, inChunks } from './engine.ts'

const shared = { isKvasir: false, measures: 'all' } as const
const noIncrement = 'has no atomic increment: get, then set, loses counts'

export const unstorageFs: EngineDefinition = {
  ...shared,
  name: 'unstorage-fs',
  title: 'unstorage fs',
  durability: 'relaxed',
  durabilityText: 'one file per key, never synced, written in place',
  notes: [noIncrement, 'a killed process may leave half a value'],
  async open(directory) {
    const base = join(directory, 'files')
    const storage = await createStorage('unstorage/drivers/fs', { base })
    // The files as its driver lays them out; by its own calls it takes four times as long.
    const load = async (entries: readonly Entry[]): Promise<void> => {
      mkdirSync(join(base, 'user'), { recursive: true })
      for (const [key, value] of entries) {
        writeFileSync(join(base, key.replaceAll(':', '/')), JSON.stringify(value))
      }
    }
    return { ...connect(storage), load }
  },
}

export const unstorageMemory: EngineDefinition = {
  ...shared,
  name: 'unstorage-memory',
  title: 'unstorage memory',
  durability: 'memory',
  durabilityText: 'none',
  notes: [noIncrement],
  open: async () => connect(await createStorage('unstorage/drivers/memory')),
}

interface Storage {
  getItem(key: string): Promise<unknown>
  setItem(key: string, value: unknown): Promise<void>
  hasItem(key: string): Promise<boolean>
  removeItem(key: string): Promise<void>
  getKeys(): Promise<string[]>
  dispose(): Promise<void>
}

async function createStorage(driverName: string, options: object = {}): Promise<Storage> {
  const { createStorage } = await importPeer<{
    createStorage(options: { driver: unknown }): Storage
  }>('unstorage')
  const driver = await importPeer<{ default(options: object): unknown }>(driverName)
  return createStorage({ driver: driver.default(options) })
}

function connect(storage: Storage): Connection {
  const counter = async (key: string) => Number((await storage.getItem(key)) ?? 0)
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    has: (key) => storage.hasItem(key),
    delete: (key) => storage.removeItem(key),
    list: async () => (await storage.getKeys()).length,
    increment: async (key) => storage.setItem(key, (await counter(key)) + 1),
    counter,
    load: (entries) =>
      inChunks(entries, 1000, (chunk) =>
        Promise.all(chunk.map(([key, value]) => storage.setItem(key, value))),
      ),
    close: () => storage.dispose(),
  }
}
