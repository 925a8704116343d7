import { headerNames } from 'kvasir/protocol'
import type { AppContext } from './route.ts'

interface CommitHeaders {
  readonly idempotencyKey?: string
  readonly durability?: 'durable' | 'relaxed'
}

/** What the headers of a write say of it; the checked engine refuses what makes no sense. */
export function commitOptionsOf(context: AppContext): CommitHeaders {
  const idempotencyKey = context.req.header(headerNames.idempotencyKey)
  const durability = context.req.header(headerNames.durability) as CommitHeaders['durability']
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(durability !== undefined && { durability }),
  }
}
