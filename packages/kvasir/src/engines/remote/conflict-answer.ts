import type { Conflict } from '../../engine/operation.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'

/** A failed condition, which is an error on the wire and a value in the port. */
export function toConflict(error: unknown): Conflict | undefined {
  if (!KvasirError.is(error, 'KV_CONFLICT')) return undefined
  const { index, key, revision } = error.details
  const isConflict =
    typeof index === 'number' && typeof key === 'string' && typeof revision === 'number'
  return isConflict ? { index, key, revision } : undefined
}
