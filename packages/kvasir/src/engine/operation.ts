import type { SetType, StoredValue } from '../codec/stored-value.ts'
import type { Entry, EpochMs, Revision } from './entry.ts'

/**
 * What becomes of a key's expiry when an operation writes it.
 *
 * `'none'` removes it and `'keep'` leaves it; `ttlMs` counts from the engine's now; `initialTtlMs`
 * counts only when the operation brings the key into being and otherwise leaves the expiry there
 * is. A bucket's own TTL caps them all.
 */
export type Expiry =
  | 'none'
  | 'keep'
  | { readonly ttlMs: number }
  | { readonly expiresAt: EpochMs }
  | { readonly initialTtlMs: number }

/** Pairs and not objects, so that a field may be called `__proto__`. Each field stands once. */
export type Fields<Content> = readonly (readonly [field: string, content: Content])[]

/** What every operation has. */
export interface OperationBase {
  readonly key: string
  /** The operation holds only while the key is absent. Excludes `ifRevision`. */
  readonly ifAbsent?: true
  /** The operation holds only while the key is at this revision; 0 means absent. */
  readonly ifRevision?: Revision
  /** Asks for the entry from before in the result. */
  readonly previous?: true
}

interface WritingBase extends OperationBase {
  /** Default: `'none'` for `put`, `'keep'` for every other operation. */
  readonly expiry?: Expiry
}

/** Stores a value in place of whatever was there. */
export interface PutOperation extends WritingBase {
  readonly op: 'put'
  readonly value: StoredValue
}

/** Removes the key or, with `fields`, those fields of a record (which then stays, even empty). */
export interface DeleteOperation extends OperationBase {
  readonly op: 'delete'
  readonly fields?: readonly string[]
}

/** Sets and removes fields of a record; a missing record counts as empty and is created. */
export interface PatchOperation extends WritingBase {
  readonly op: 'patch'
  readonly set: Fields<StoredValue>
  readonly unset?: readonly string[]
}

/**
 * Adds to numbers: to the value itself (`by`) or to fields of a record (`fields`). What is missing
 * counts as 0; a canonical numeric string (`'10'`) counts as its number.
 */
export interface IncrementOperation extends WritingBase {
  readonly op: 'increment'
  readonly by?: number
  readonly fields?: Fields<number>
}

/** Adds elements at the end of lists; creates record and field. No elements: no change. */
export interface AppendOperation extends WritingBase {
  readonly op: 'append'
  readonly fields: Fields<readonly StoredValue[]>
}

/** Adds elements at the front of lists, in the given order; otherwise as `append`. */
export interface UnshiftOperation extends WritingBase {
  readonly op: 'unshift'
  readonly fields: Fields<readonly StoredValue[]>
}

/** Removes up to so many elements from the front of lists; creates nothing. */
export interface ShiftOperation extends WritingBase {
  readonly op: 'shift'
  readonly fields: Fields<number>
}

/** Adds members to sets of one type; creates record and field. */
export interface AddOperation extends WritingBase {
  readonly op: 'add'
  readonly type: SetType
  readonly fields: Fields<readonly (string | number)[]>
}

/** Removes members from sets of one type; creates nothing. */
export interface RemoveOperation extends WritingBase {
  readonly op: 'remove'
  readonly type: SetType
  readonly fields: Fields<readonly (string | number)[]>
}

/** Changes the expiry and nothing else. A missing key stays missing. */
export interface TouchOperation extends OperationBase {
  readonly op: 'touch'
  readonly expiry: Exclude<Expiry, 'keep'>
}

/** Removes the key and all its kept history, leaving one marker. */
export interface PurgeOperation extends OperationBase {
  readonly op: 'purge'
}

/** Everything that can be done to a key, as plain data. */
export type Operation =
  | PutOperation
  | DeleteOperation
  | PatchOperation
  | IncrementOperation
  | AppendOperation
  | UnshiftOperation
  | ShiftOperation
  | AddOperation
  | RemoveOperation
  | TouchOperation
  | PurgeOperation

export type OperationKind = Operation['op']

/** What one operation of an applied commit did. */
export interface OperationResult {
  /** Whether the operation wrote. Deleting a missing key, say, does not. */
  readonly changed: boolean
  /** The key's revision afterwards; after a removal, the removal's own; 0 where there is none. */
  readonly revision: Revision
  /** The key's expiry afterwards. */
  readonly expiresAt?: EpochMs
  /** With `previous`: the entry from before, or nothing if the key was absent. */
  readonly previous?: Entry
  /** `increment` with `by`: the new number. */
  readonly number?: number
  /** `increment` with `fields`: the new numbers. */
  readonly numbers?: Fields<number>
  /** `shift`: the elements taken, `[]` for a field with none. */
  readonly elements?: Fields<readonly StoredValue[]>
  /** `add` and `remove`: the members newly added, or removed. */
  readonly members?: Fields<readonly (string | number)[]>
}

/** A condition that did not hold. */
export interface Conflict {
  /** The operation's place in the commit. */
  readonly index: number
  readonly key: string
  /** The revision that the key is at; 0 when it is absent. */
  readonly revision: Revision
}

/** A failed condition is a value, not an error: nothing was written, and this is why. */
export type CommitResult =
  | { readonly ok: true; readonly results: readonly OperationResult[] }
  | { readonly ok: false; readonly conflict: Conflict }

/** A question about one key. Without a part it asks for the whole entry. */
export type Read =
  | { readonly key: string }
  /** How long the key will live. */
  | { readonly key: string; readonly ttl: true }
  /** The entry's record with only these fields. */
  | { readonly key: string; readonly fields: readonly string[] }
  /** Up to so many first elements of lists. */
  | { readonly key: string; readonly peek: Fields<number> }
  /** Which of the members a set of the given type holds. */
  | {
      readonly key: string
      readonly has: Fields<readonly (string | number)[]>
      readonly type: SetType
    }

/** The answer to a `Read`; an absent key has no `entry` and no `ttlMs`. */
export interface ReadResult {
  /** For a whole read and for `fields`. */
  readonly entry?: Entry
  readonly elements?: Fields<readonly StoredValue[]>
  readonly members?: Fields<readonly (string | number)[]>
  /** What is left of the TTL by the engine's clock; `null` when the key never expires. */
  readonly ttlMs?: number | null
}
