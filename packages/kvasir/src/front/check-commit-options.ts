import { limits } from '../codec/limits.ts'
import type { CommitOptions } from '../engine/engine.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
export function checkCommitOptions(options: CommitOptions | undefined): void {
  checkIdempotencyKey(options?.idempotencyKey)
  checkDurability(options?.durability)
}

function checkDurability(durability: unknown): void {
  if (durability === undefined || durability === 'durable' || durability === 'relaxed') return
  throw invalidArgument(
    `durability takes 'durable' or 'relaxed'; it was given ${describe(durability)}.`,
  )
}

function checkIdempotencyKey(idempotencyKey: unknown): void {
  if (idempotencyKey === undefined) return
  const isKey = typeof idempotencyKey === 'string' && /^[\x21-\x7e]+$/.test(idempotencyKey)
  if (isKey && idempotencyKey.length <= limits.idempotencyKeyLengthMax) return
  throw invalidArgument(
    `An idempotency key is 1 to ${limits.idempotencyKeyLengthMax} visible ASCII characters; it was given ${describe(idempotencyKey)}.`,
  )
}
