import { type DurationUnit, readDuration } from '../codec/duration-ms.ts'
import { keyBytesMax, valueBytesMax } from '../codec/value-limits.ts'
import { isPlainObject } from './plain-object.ts'

// What is fine beyond any doubt, as nearly everything is that a page stores. The rest, from what is
// merely rare to what must be refused, is for the whole store, which knows what to do and to say.

/** Whether it is surely a key: a unit of a string has three bytes at most. */
export function isPlainKey(key: unknown): key is string {
  if (typeof key !== 'string' || key === '') return false
  return 3 * key.length <= keyBytesMax && key.isWellFormed()
}

/** The JSON text of a value that JSON surely keeps as it is; `undefined` for any other. */
export function plainJson(value: unknown): string | undefined {
  // In a string of its own, half a character would not be escaped where it is stored.
  const isFine = typeof value === 'string' ? value.isWellFormed() : isPlain(value)
  const json = isFine ? JSON.stringify(value) : undefined
  return json !== undefined && 3 * json.length <= valueBytesMax ? json : undefined
}

/** What plain options say: how long the value lives, and when the write is acknowledged. */
export interface PlainOptions {
  /** In milliseconds. */
  readonly ttl?: number | undefined
  readonly durability?: 'durable' | 'relaxed' | undefined
}

/** `undefined` when they say anything else, or it takes a closer look. */
export function plainOptions(given: unknown, unit: DurationUnit): PlainOptions | undefined {
  if (given === undefined) return {}
  if (!isOptions(given)) return undefined
  const { ttl: duration, durability, ...others } = given
  if (Object.keys(others).length > 0) return undefined
  const ttl = readDuration(duration, unit)
  if (duration !== undefined && ttl === undefined) return undefined
  const isKnown = durability === 'durable' || durability === 'relaxed'
  return isKnown || durability === undefined ? { ttl, durability } : undefined
}

export function isOptions(given: unknown): given is Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null) return false
  return !Array.isArray(given) && !(given instanceof Date)
}

/** Whether it is made of nothing but what JSON has, in few levels: so there is no circle either. */
function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value !== 'object' || depth > 100) return false
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!isPlain(value[index], depth + 1)) return false
    }
    return true
  }
  if (value instanceof Date) return isPlainDate(value)
  if ('toJSON' in value || !isPlainObject(value)) return false
  return Object.values(value).every((member) => member === undefined || isPlain(member, depth + 1))
}

function isPlainDate(date: Date): boolean {
  return !Number.isNaN(date.getTime()) && date.toJSON === Date.prototype.toJSON
}
