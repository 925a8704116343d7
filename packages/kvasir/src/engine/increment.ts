import type { StoredValue } from '../codec/stored-value.ts'
import { decodeValue, encodeValue } from '../codec/value.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { Content } from './apply.ts'
import type { Entry } from './entry.ts'
import type { IncrementOperation } from './operation.ts'
import { asNumber, typeName } from './record.ts'

/** Adds to a value that is itself a number. */
export function incrementValue(current: Entry | undefined, operation: IncrementOperation): Content {
  const { key, by = 1 } = operation
  const found = current ? numberLike(current.value) : 0
  const base = asNumber(found)
  if (base === undefined) {
    throw new KvasirError(
      'KV_WRONG_TYPE',
      `Key ${JSON.stringify(key)} holds ${typeName(found)}, which is no number and no numeric string, so it cannot be incremented.`,
      { outcome: 'not-applied', details: { key, found: typeName(found) } },
    )
  }
  const number = sum(base, by, `key ${JSON.stringify(key)}`)
  return { value: encodeValue(number), report: { number } }
}

/** The value, of which a record need not be read to say that it is none to add to. */
function numberLike(value: StoredValue): unknown {
  return value.kind === 'record' ? {} : decodeValue(value)
}

/** @throws {KvasirError} `KV_INVALID_VALUE` when the sum leaves the finite numbers. */
export function sum(base: number, amount: number, place: string): number {
  const total = base + amount
  if (Number.isFinite(total)) return total
  throw new KvasirError(
    'KV_INVALID_VALUE',
    `Incrementing ${place} by ${amount} leaves the range of finite numbers.`,
    { outcome: 'not-applied' },
  )
}
