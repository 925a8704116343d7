import type { StoredValue } from '../codec/stored-value.ts'

/**
 * The number of a change in its bucket: 1, 2, 3 … strictly growing, never reused, kept over
 * restarts. A key's revision is the number of its last change; 0 stands for "absent".
 */
export type Revision = number

/** Epoch milliseconds by the engine's clock. */
export type EpochMs = number

/** What is known of a key besides its value. */
export interface EntryHead {
  readonly key: string
  readonly revision: Revision
  /** When the key came into being: the first write after it last did not exist. */
  readonly createdAt: EpochMs
  /** When this revision was written. */
  readonly updatedAt: EpochMs
  /** From this instant on the entry does not exist. Absent: it never expires. */
  readonly expiresAt?: EpochMs
}

/** A key and its value at one revision. */
export interface Entry extends EntryHead {
  readonly value: StoredValue
}

/** An entry of such a value, built member by member: spreading the head costs more. */
export function entryOf<Value extends StoredValue>(
  { key, revision, createdAt, updatedAt, expiresAt }: EntryHead,
  value: Value,
): Entry & { readonly value: Value } {
  if (expiresAt === undefined) return { key, value, revision, createdAt, updatedAt }
  return { key, value, revision, createdAt, updatedAt, expiresAt }
}

export type ChangeKind = 'put' | 'delete' | 'purge' | 'expire'

/** One numbered change of one key: a value was stored, or the key went away. */
export type Change =
  | { readonly kind: 'put'; readonly entry: Entry }
  | {
      readonly kind: 'delete' | 'purge' | 'expire'
      readonly key: string
      readonly revision: Revision
      readonly at: EpochMs
    }

export function changeKey(change: Change): string {
  return change.kind === 'put' ? change.entry.key : change.key
}

export function changeRevision(change: Change): Revision {
  return change.kind === 'put' ? change.entry.revision : change.revision
}

/** Whether the entry is gone at `now`: expiry is exact, from its very millisecond on. */
export function isExpired(entry: { readonly expiresAt?: EpochMs }, now: EpochMs): boolean {
  return entry.expiresAt !== undefined && entry.expiresAt <= now
}
