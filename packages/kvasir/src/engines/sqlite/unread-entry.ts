import type { Entry, EpochMs, Revision } from '../../engine/entry.ts'
import type { Operation } from '../../engine/operation.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { type Collections, collectionsIn } from './collections/collection.ts'

/**
 * What a write needs of the entry that it replaces: not the value, but its size. `parts` is the
 * column `structure` of a record in parts.
 */
export type SizedHeadCells = readonly [
  id: number,
  revision: Revision,
  createdAt: EpochMs,
  updatedAt: EpochMs,
  expiresAt: EpochMs | null,
  bytes: number,
  parts: string | null,
]

const noCollections: Collections = new Map()

/** A stored entry whose value was left on the disk, because no operation looks at it. */
export class UnreadEntry implements Entry {
  readonly key: string
  readonly revision: Revision
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly expiresAt?: EpochMs
  /** What the entry counts: `entryBytes`. */
  readonly bytes: number
  /** Its large fields, if it is a record in parts. */
  readonly collections: Collections

  constructor(key: string, cells: SizedHeadCells) {
    const [, revision, createdAt, updatedAt, expiresAt, bytes, parts] = cells
    this.key = key
    this.revision = revision
    this.createdAt = createdAt
    this.updatedAt = updatedAt
    if (expiresAt !== null) this.expiresAt = expiresAt
    this.bytes = bytes
    this.collections = parts === null ? noCollections : collectionsIn(parts)
  }

  // Reading it late would give what the write has left, so that a forgotten case must be loud.
  get value(): never {
    throw new KvasirError(
      'KV_INTERNAL',
      `The value of key ${JSON.stringify(this.key)} was not read.`,
    )
  }
}

/** The keys of which the values matter to a commit. */
export function keysReadBy(operations: readonly Operation[]): ReadonlySet<string> {
  return keysOf(operations, looksAtValue)
}

/** The keys of the operations of a kind; nothing is made for the many commits that have none. */
export function keysOf(
  operations: readonly Operation[],
  isMeant: (operation: Operation) => boolean,
): ReadonlySet<string> {
  let keys: Set<string> | undefined
  for (const operation of operations) {
    if (!isMeant(operation)) continue
    keys ??= new Set()
    keys.add(operation.key)
  }
  return keys ?? noKeys
}

const noKeys: ReadonlySet<string> = new Set()

function looksAtValue(operation: Operation): boolean {
  if (operation.previous) return true
  if (operation.op === 'delete') return operation.fields !== undefined
  return operation.op !== 'put' && operation.op !== 'purge'
}
