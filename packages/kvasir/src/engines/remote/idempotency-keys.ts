import { newIdempotencyKey } from './idempotency-key.ts'

/** Ids of one client, in a row: those that are random in all parts cost the server more. */
export function idempotencyKeys(): () => string {
  const client = newIdempotencyKey()
  let count = 0
  return () => `${client}.${(++count).toString(36)}`
}
