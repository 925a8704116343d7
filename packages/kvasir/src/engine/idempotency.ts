import { KvasirError } from '../errors/kvasir-error.ts'
import type { Operation } from './operation.ts'

/**
 * A short digest of a commit's operations, to tell whether a request that comes again under one
 * idempotency key is the same request. Not a cryptographic hash: it catches mistakes, not forgers.
 */
export function fingerprint(operations: readonly Operation[]): string {
  const text = JSON.stringify(operations, inOneForm)
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2_654_435_761)
    low = Math.imul(low ^ unit, 1_597_334_677)
  }
  return `${hex(high)}${hex(low)}${text.length.toString(16)}`
}

export function idempotencyMismatch(idempotencyKey: string): KvasirError {
  return new KvasirError(
    'KV_IDEMPOTENCY_MISMATCH',
    `The idempotency key ${JSON.stringify(idempotencyKey)} was used for another request. Use a new key for each request, and the same one only to repeat it.`,
    { outcome: 'not-applied' },
  )
}

/** A repetition may come another way, whose reader puts the members in another order. */
function inOneForm(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Array.from(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0')
}
