import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { type EngineDefinition, inChunks } from './engine.ts'

interface Atomic {
  set(key: string[], value: unknown): Atomic
  sum(key: string[], by: bigint): Atomic
  commit(): Promise<{ readonly ok: boolean }>
}

interface DenoKv {
  get(key: string[]): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>
  set(key: string[], value: unknown): Promise<unknown>
  delete(key: string[]): Promise<void>
  list(selector: { prefix: string[] }, options: { batchSize: number }): AsyncIterable<unknown>
  atomic(): Atomic
  close(): void
}

export const denoKv: EngineDefinition = {
  name: 'deno-kv',
  title: '@deno/kv',
  isKvasir: false,
  durability: 'durable',
  durabilityText: 'SQLite WAL; syncs once per awaited write (seen with strace)',
  notes: ['has is a get, and list reads the values, too: it has no calls for less'],
  measures: 'all',
  async open(directory) {
    const { openKv } = await importPeer<{ openKv(path: string): Promise<DenoKv> }>('@deno/kv')
    const kv = await openKv(join(directory, 'deno.sqlite'))
    return {
      get: async (key) => (await kv.get([key])).value,
      set: (key, value) => kv.set([key], value),
      has: async (key) => (await kv.get([key])).versionstamp !== null,
      delete: (key) => kv.delete([key]),
      async list() {
        let count = 0
        for await (const _entry of kv.list({ prefix: [] }, { batchSize: 500 })) count++
        return count
      },
      increment: (key) => kv.atomic().sum([key], 1n).commit(),
      async counter(key) {
        const { value } = await kv.get([key])
        return value === null ? 0 : Number((value as { value: bigint }).value)
      },
      // A commit takes 800 KB at most: 50 values of 10 KB.
      load: (entries) =>
        inChunks(entries, 50, (chunk) => {
          const atomic = kv.atomic()
          for (const [key, value] of chunk) atomic.set([key], value)
          return atomic.commit()
        }),
      close: () => kv.close(),
    }
  },
}
