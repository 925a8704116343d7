import { KvasirError, limits } from 'kvasir'
import type { BucketRef, Conflict, Operation, OperationResult } from 'kvasir/engine'
import { toExpiry } from 'kvasir/protocol'
import { z } from 'zod'
import { commitOptionsOf } from './commit-options.ts'
import { type Condition, readCondition } from './conditions.ts'
import { problemResponse } from './problem-response.ts'
import type { AppContext, RouteParts } from './route.ts'
import { queryBoolean, queryInteger } from './shape.ts'

/** The query parameters that say when what is written expires. */
export const expiryParameters = {
  ttl: z
    .string()
    .transform(toTtl)
    .describe('How long it lives: `90s`, `1.5h`, `7d`, milliseconds, or `none`.')
    .optional(),
  expiresAt: queryInteger.describe('When it expires, in epoch milliseconds.').optional(),
  keepTtl: queryBoolean.describe('Leaves the expiry as it is.').optional(),
}

/** A duration as text, milliseconds, or `null` for none. */
function toTtl(text: string): string | number | null {
  if (text === 'none') return null
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** The expiry that the query asks for, as a member of an operation. */
export function expiryOf(
  query: Parameters<typeof toExpiry>[0],
): Pick<Operation & { op: 'put' }, 'expiry'> {
  const expiry = toExpiry(query)
  return expiry === undefined ? {} : { expiry }
}

/**
 * Commits one operation under the conditions of the request's headers; `respond` answers when they
 * hold, and a problem of status 412 when they do not.
 */
export async function writeEntry(
  context: AppContext,
  { at, operation, parts }: { at: BucketRef; operation: Operation; parts: RouteParts },
  respond: (result: OperationResult) => Response,
): Promise<Response> {
  const condition = readCondition(context)
  const options = commitOptionsOf(context)
  const commit = (conditions: Exclude<Condition, 'exists'>) =>
    parts.engine.commit(at, [{ ...operation, ...conditions }], options)
  const committed =
    condition === 'exists'
      ? await commitIfExists({ at, operation, parts }, commit)
      : await commit(condition)
  if (!committed.ok) return problemResponse(context, conflictError(committed.conflict), 412)
  const [result] = committed.results
  if (result) return respond(result)
  throw new KvasirError('KV_INTERNAL', 'A commit of one operation came back without a result.')
}

/** The error that a failed condition is on the wire. */
export function conflictError({ index, key, revision }: Conflict): KvasirError {
  const state = revision === 0 ? 'does not exist' : `is at revision ${revision}`
  return new KvasirError(
    'KV_CONFLICT',
    `The condition of operation ${index} does not hold: key ${JSON.stringify(key)} ${state}. Nothing was written; read it again and decide anew.`,
    { outcome: 'not-applied', details: { index, key, revision } },
  )
}

/** Reads which revision there is and writes at that one, again when somebody came in between. */
async function commitIfExists(
  { at, operation, parts }: { at: BucketRef; operation: Operation; parts: RouteParts },
  commit: (condition: { ifRevision: number }) => ReturnType<RouteParts['engine']['commit']>,
): ReturnType<RouteParts['engine']['commit']> {
  const { key } = operation
  for (let attempt = 1; ; attempt++) {
    const entry = await parts.engine.get(at, key)
    if (!entry) return { ok: false, conflict: { index: 0, key, revision: 0 } }
    const committed = await commit({ ifRevision: entry.revision })
    if (committed.ok || attempt >= limits.updateAttemptsMax) return committed
  }
}
