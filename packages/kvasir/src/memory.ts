/** `kvasir/memory`: a store in this process alone, without any import of Node's. */
import { type MemoryEngineOptions, openMemoryEngine } from './engines/memory/memory-engine.ts'
import { createStore, type SecretsOptions, type Store } from './store/store.ts'

/** Opens a store that keeps everything in memory and forgets it on close. */
export function openMemoryStore(options: MemoryEngineOptions & SecretsOptions = {}): Store {
  return createStore(openMemoryEngine(options), options)
}

export { type MemoryEngineOptions, openMemoryEngine }
