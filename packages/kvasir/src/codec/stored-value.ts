import { utf8Length } from './utf8.ts'

/**
 * Where in a JSON text the typed sets stand: JSON Pointer (RFC 6901; `''` is the whole value) to
 * the type of the set's members. In the text itself a set is an array.
 */
export type SetPaths = Readonly<Record<string, SetType>>

export type SetType = 'string' | 'number'

/** An object is a `record`; any other JSON value except a string is `json`. */
export interface StoredJson {
  readonly kind: 'json' | 'record'
  readonly data: string
  readonly sets?: SetPaths
}

/** A string, kept as it is. */
export interface StoredText {
  readonly kind: 'text'
  readonly data: string
}

export interface StoredBytes {
  readonly kind: 'bytes'
  readonly data: Uint8Array
}

/**
 * A value as engines keep it and pass it on: JSON text, a raw string or raw bytes. Engines hand out
 * what they were given; nobody may change the bytes of one in place.
 */
export type StoredValue = StoredJson | StoredText | StoredBytes

/** Whether it can be told at a glance that a value has no more bytes: a unit has three at most. */
export function isSurelyWithin({ data }: StoredValue, bytesMax: number): boolean {
  return 3 * data.length <= bytesMax
}

/** The size that limits and statistics count: the bytes of the text or of the raw value. */
export function storedBytes(value: StoredValue): number {
  return value.kind === 'bytes' ? value.data.byteLength : utf8Length(value.data)
}
