import { digest } from '../codec/digest.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { Operation } from './operation.ts'

/**
 * A digest of a commit's operations, to tell whether a request that comes again under one
 * idempotency key is the same request. A repetition may come another way, whose reader puts the
 * members of operations in another order.
 */
export function fingerprint(operations: readonly Operation[]): number {
  return digest(operations)
}

export function idempotencyMismatch(idempotencyKey: string): KvasirError {
  return new KvasirError(
    'KV_IDEMPOTENCY_MISMATCH',
    `The idempotency key ${JSON.stringify(idempotencyKey)} was used for another request. Use a new key for each request, and the same one only to repeat it.`,
    { outcome: 'not-applied' },
  )
}
