import type { StoredValue } from '../../codec/stored-value.ts'
import { encodeValue } from '../../codec/value.ts'
import type { Operation, OperationResult } from '../../engine/operation.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { invalidArgument } from '../../front/invalid-argument.ts'
import type { FlowContext } from './define-function.ts'
import { toMilliseconds } from './parameter-types.ts'

/** One value to store, as functions are given it. */
export interface GivenEntry {
  readonly key: string
  readonly value?: unknown
  readonly ttl?: number | undefined
  readonly if_revision?: number | undefined
  readonly if_absent?: boolean | undefined
}

/**
 * The operation that stores what was given; `place` names the parameter around it, such as
 * `entries[3]`, or is empty.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE`, `KV_INVALID_ARGUMENT`
 */
export function toPut(given: GivenEntry, place = ''): Operation {
  const { key, ttl, if_revision: ifRevision, if_absent: ifAbsent } = given
  const prefix = place === '' ? '' : `${place}.`
  if (ifAbsent && ifRevision !== undefined) {
    throw invalidArgument(
      `${prefix}if_absent and ${prefix}if_revision exclude each other. Give one of them.`,
    )
  }
  return {
    op: 'put',
    key,
    value: toStored(given.value, `${prefix}value`),
    ...(ttl !== undefined && { expiry: { ttlMs: toMilliseconds(ttl) } }),
    ...(ifAbsent && { ifAbsent }),
    ...(ifRevision !== undefined && { ifRevision }),
  }
}

/**
 * Carries out operations in one atomic step.
 *
 * @throws {KvasirError} `KV_CONFLICT` when a condition does not hold.
 */
export async function commit(
  { engine, project, options }: FlowContext,
  bucket: string,
  operations: readonly Operation[],
): Promise<readonly OperationResult[]> {
  const committed = await engine.commit({ project, bucket }, operations, options)
  if (committed.ok) return committed.results
  const { key, index, revision } = committed.conflict
  const state = revision === 0 ? 'does not exist' : `is at revision ${revision}`
  const which = operations.length > 1 ? ` of entries[${index}]` : ''
  throw new KvasirError(
    'KV_CONFLICT',
    `The condition${which} does not hold: key ${JSON.stringify(key)} ${state}. Nothing was written; read it again and decide anew.`,
    { outcome: 'not-applied', details: { key, index, revision } },
  )
}

/** As `commit`, for one operation. */
export async function commitOne(
  context: FlowContext,
  bucket: string,
  operation: Operation,
): Promise<OperationResult> {
  const [result] = await commit(context, bucket, [operation])
  if (result) return result
  throw new KvasirError('KV_BAD_RESPONSE', 'The commit came back without a result.')
}

function toStored(value: unknown, place: string): StoredValue {
  try {
    return encodeValue(value)
  } catch (thrown) {
    const error = KvasirError.from(thrown)
    throw new KvasirError(error.code, `${place}: ${error.message}`, {
      outcome: 'not-applied',
      cause: error,
    })
  }
}
