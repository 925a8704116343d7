import type { Connection } from './engine.ts'

/** What a keyv stores in. */
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

/** The calls that are the same whatever a keyv stores in. */
export function keyvCalls(keyv: Keyv) {
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
  } satisfies Partial<Connection>
}
