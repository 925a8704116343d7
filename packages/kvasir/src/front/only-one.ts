import type { OperationResult } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/** The result of a commit of one operation. */
export function onlyOne([result]: readonly OperationResult[]): OperationResult {
  if (result) return result
  throw new KvasirError('KV_BAD_RESPONSE', 'The commit came back without a result.')
}
