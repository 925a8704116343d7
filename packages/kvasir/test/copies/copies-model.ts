import { matchesPattern } from '../../src/engine/subjects.ts'

/** What the model knows of a key. */
export interface ModelEntry {
  readonly value: unknown
  readonly updatedAt: number
  readonly expiresAt: number
}

export type ModelOperation =
  | { readonly op: 'put'; readonly key: string; readonly value: unknown; readonly ttlMs?: number }
  | { readonly op: 'append'; readonly key: string; readonly elements: readonly number[] }
  | { readonly op: 'touch'; readonly key: string; readonly ttlMs: number }
  | { readonly op: 'delete' | 'purge'; readonly key: string }

interface Receiver {
  readonly filter: string
  readonly prefix: string
  readonly into: ModelBucket
}

/** A bucket as one would write it on a napkin: keys, values, and who receives its changes. */
export class ModelBucket {
  entries = new Map<string, ModelEntry>()
  readonly ttlMs: number
  readonly receivers: Receiver[] = []

  constructor(ttlMs = Number.POSITIVE_INFINITY) {
    this.ttlMs = ttlMs
  }

  /** Applies all or, when one does not fit, none; answers whether it did. */
  commit(operations: readonly ModelOperation[], now: number): boolean {
    const draft = new Map(this.live(now))
    const changes: [string, ModelEntry | undefined][] = []
    for (const operation of operations) {
      const { key } = operation
      const before = draft.get(key)
      if (operation.op === 'append' && before && !isRecord(before.value)) return false
      const after = applied(operation, before && this.#withOwnExpiry(before), now)
      if (!after && !before) continue
      if (after) draft.set(key, after)
      else draft.delete(key)
      changes.push([key, after])
    }
    for (const [key, after] of changes) this.store(key, after, now)
    return true
  }

  store(key: string, given: ModelEntry | undefined, now: number): void {
    const before = this.live(now).get(key)
    if (!given && !before) return
    const expiresAt = Math.min(given?.expiresAt ?? Number.POSITIVE_INFINITY, now + this.ttlMs)
    const after = given && { ...given, updatedAt: now, expiresAt }
    if (after) this.entries.set(key, after)
    else this.entries.delete(key)
    for (const { filter, prefix, into } of this.receivers) {
      if (matchesPattern(key, filter)) into.store(prefix + key, after, now)
    }
  }

  /** An expiry that came from the bucket begins anew with each write. */
  #withOwnExpiry(entry: ModelEntry): ModelEntry {
    const isFromBucket = entry.expiresAt === entry.updatedAt + this.ttlMs
    return isFromBucket ? { ...entry, expiresAt: Number.POSITIVE_INFINITY } : entry
  }

  live(now: number): ReadonlyMap<string, ModelEntry> {
    return new Map([...this.entries].filter(([, { expiresAt }]) => expiresAt > now))
  }
}

function applied(
  operation: ModelOperation,
  before: ModelEntry | undefined,
  now: number,
): ModelEntry | undefined {
  switch (operation.op) {
    case 'put':
      return {
        value: operation.value,
        updatedAt: now,
        expiresAt: now + (operation.ttlMs ?? Number.POSITIVE_INFINITY),
      }
    case 'append': {
      const list = isRecord(before?.value) ? before.value.list : []
      const value = { list: [...list, ...operation.elements] }
      const expiresAt = before?.expiresAt ?? Number.POSITIVE_INFINITY
      return { value, updatedAt: now, expiresAt }
    }
    case 'touch':
      return before && { ...before, updatedAt: now, expiresAt: now + operation.ttlMs }
    default:
      return undefined
  }
}

function isRecord(value: unknown): value is { list: number[] } {
  return typeof value === 'object' && value !== null
}
