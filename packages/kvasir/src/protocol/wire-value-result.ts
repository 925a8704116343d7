/** Answers that hold no values, which are read as a whole. */
import type { Revision } from '../engine/entry.ts'
import type { OperationResult, ReadResult } from '../engine/operation.ts'
import { badAnswer } from './bad-answer.ts'

/** @throws {KvasirError} when the text is not the answer to a batch of one operation. */
export function readOnlyResult(json: string): OperationResult {
  return valueResultOf(resultsIn(json)[0] ?? {})
}

/** @throws {KvasirError} when the text is not the answer to questions about lifetimes. */
export function readLifetimes(json: string): ReadResult[] {
  return resultsIn(json) as ReadResult[]
}

/** What an operation on a whole value did. */
function valueResultOf(result: Readonly<Record<string, unknown>>): OperationResult {
  const { changed, expiresAt, number } = result
  return {
    changed: changed === true,
    revision: revisionOf(result),
    ...(typeof expiresAt === 'number' && { expiresAt }),
    ...(typeof number === 'number' && { number }),
  }
}

/** @throws {KvasirError} when the text is nothing that has a revision, as buckets have. */
export function readRevision(json: string): Revision {
  return revisionOf(JSON.parse(json))
}

function revisionOf({ revision }: Readonly<Record<string, unknown>>): Revision {
  if (typeof revision === 'number') return revision
  throw badAnswer('no number called revision')
}

function resultsIn(json: string): Record<string, unknown>[] {
  const { results } = JSON.parse(json) as { readonly results?: unknown }
  if (Array.isArray(results)) return results
  throw badAnswer('no results')
}
