/** The names that functions find without importing anything. */
import type { Store } from 'kvasir'

export interface GlobalsOptions {
  readonly store: Store
  readonly project: string
  readonly ttlUnit: 'ms' | 's'
}

/** `kv`, `storage`, `flows` and `sleep`; `crypto`, `fetch` and `console` are Node's own. */
export function createGlobals({ store, project, ttlUnit }: GlobalsOptions) {
  const own = store.project(project)
  return {
    kv: own.kv({ ttlUnit }),
    storage: own.storage(),
    flows: own.flows(),
    sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** Puts them where every module sees them. */
export function installGlobals(globals: ReturnType<typeof createGlobals>): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
}
