import type { Conflict, OperationResult } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/** The error for callers who do not want a failed condition as a value. */
export function conditionFailed({ key, index, revision }: Conflict): KvasirError {
  const state = revision === 0 ? 'it does not exist' : `it is at revision ${revision}`
  return new KvasirError(
    'KV_CONFLICT',
    `The condition on key ${JSON.stringify(key)} does not hold: ${state}. Nothing was written; read it again and decide anew.`,
    { outcome: 'not-applied', details: { key, index, revision } },
  )
}

/** The result of a commit of one operation. */
export function onlyOne([result]: readonly OperationResult[]): OperationResult {
  if (result) return result
  throw new KvasirError('KV_BAD_RESPONSE', 'The commit came back without a result.')
}
