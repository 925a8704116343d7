import type { Health } from '../../engine/health.ts'
import { isErrorCode } from '../../errors/error-codes.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'

/**
 * What a failed request for `/readyz` says of the store.
 *
 * @throws {KvasirError} the failure, where it is not about whether the store takes writes.
 */
export function healthOf(error: unknown): Health {
  if (!KvasirError.is(error, 'KV_UNAVAILABLE')) throw error
  const { writable, code, resumes } = error.details
  if (writable !== false || !isErrorCode(code)) throw error
  return { writable, code, message: error.message, resumes: resumes === true }
}
