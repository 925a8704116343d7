import { NumberSet, StringSet } from 'kvasir'

/** A record as the model has it: names may be anything, so no plain object. */
export type ModelRecord = Map<string, unknown>

/** What a key holds in the model: a record, or any other value as JavaScript has it. */
export type ModelValue =
  | { readonly record: ModelRecord }
  | { readonly plain: string | number | boolean | null | readonly unknown[] | Uint8Array }

export class WrongType extends Error {}

export function fromPlain(value: unknown): ModelValue {
  const isRecord =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  if (isRecord) return { record: new Map(Object.entries(value)) }
  return { plain: value as string }
}

export function toPlain(value: ModelValue): unknown {
  return 'plain' in value ? value.plain : Object.fromEntries(value.record)
}

/** The bytes that the value counts: of the raw text or bytes, or of the JSON text. */
export function bytesOf(value: ModelValue): number {
  const plain = toPlain(value)
  if (plain instanceof Uint8Array) return plain.length
  return Buffer.byteLength(typeof plain === 'string' ? plain : JSON.stringify(plain))
}

/** A record that may be changed; of a missing key an empty one. */
export function recordOf(value: ModelValue | undefined): ModelRecord {
  if (!value) return new Map()
  if ('plain' in value) throw new WrongType('no record')
  return new Map(value.record)
}

export function numberOf(found: unknown): number {
  if (found === undefined) return 0
  if (typeof found === 'number') return found
  if (typeof found === 'string' && /^-?(0|[1-9]\d*)$/.test(found)) return Number(found)
  throw new WrongType('no number')
}

export function listOf(found: unknown): readonly unknown[] {
  if (found === undefined) return []
  if (Array.isArray(found)) return found
  throw new WrongType('no list')
}

export function membersOf(found: unknown, type: 'string' | 'number'): (string | number)[] {
  if (found === undefined) return []
  if (type === 'string' && found instanceof StringSet) return [...found]
  if (type === 'number' && found instanceof NumberSet) return [...found]
  throw new WrongType('no such set')
}

export function setOf(members: readonly (string | number)[], type: 'string' | 'number'): unknown {
  return type === 'string' ? new StringSet(members as string[]) : new NumberSet(members as number[])
}
