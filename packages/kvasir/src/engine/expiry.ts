import { limits } from '../codec/limits.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { Entry, EpochMs } from './entry.ts'
import type { Expiry } from './operation.ts'

/**
 * The instant at which what is written now expires; `undefined` for never.
 *
 * The bucket's own TTL caps every expiry. One that only came from the bucket begins anew with each
 * write, because it counts from when the value was written.
 *
 * @throws {KvasirError} `KV_INVALID_TTL` when the instant is not in the future or off the calendar.
 */
export function resolveExpiry(
  expiry: Expiry,
  current: Entry | undefined,
  context: { readonly now: EpochMs; readonly ttlMs?: number },
): EpochMs | undefined {
  const { now, ttlMs: bucketTtlMs } = context
  const own = ownExpiry(expiry, current, context)
  if (own !== undefined && own > limits.expiresAtMax) {
    throw new KvasirError('KV_INVALID_TTL', 'The TTL reaches beyond the year 275760. Shorten it.')
  }
  if (bucketTtlMs === undefined) return own
  return Math.min(own ?? Number.POSITIVE_INFINITY, now + bucketTtlMs)
}

function ownExpiry(
  expiry: Expiry,
  current: Entry | undefined,
  { now, ttlMs }: { readonly now: EpochMs; readonly ttlMs?: number },
): EpochMs | undefined {
  if (expiry === 'none') return undefined
  if (expiry === 'keep') return keptExpiry(current, ttlMs)
  if ('ttlMs' in expiry) return now + expiry.ttlMs
  if ('initialTtlMs' in expiry) {
    return current ? keptExpiry(current, ttlMs) : now + expiry.initialTtlMs
  }
  if (expiry.expiresAt > now) return expiry.expiresAt
  throw new KvasirError(
    'KV_INVALID_TTL',
    `expiresAt is not in the future: ${new Date(expiry.expiresAt).toISOString()} was given at ${new Date(now).toISOString()}.`,
  )
}

function keptExpiry(current: Entry | undefined, bucketTtlMs?: number): EpochMs | undefined {
  if (current?.expiresAt === undefined || bucketTtlMs === undefined) return current?.expiresAt
  const isFromBucket = current.expiresAt === current.updatedAt + bucketTtlMs
  return isFromBucket ? undefined : current.expiresAt
}
