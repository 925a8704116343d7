import type { Operation } from 'kvasir/engine'
import { headerNames } from 'kvasir/protocol'
import type { AppContext } from './route.ts'
import { invalidArgument } from './shape.ts'

/** What the headers demand of the key before it is written. */
export type Condition =
  | Pick<Operation, 'ifAbsent' | 'ifRevision'>
  /** `If-Match: *`, for which operations have no word. */
  | 'exists'

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
export function readCondition({ req }: AppContext): Condition {
  const match = req.header('if-match')
  const noneMatch = req.header('if-none-match')
  if (match !== undefined && noneMatch !== undefined) {
    throw invalidArgument('Give If-Match or If-None-Match, not both.')
  }
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === '*') return { ifAbsent: true }
    throw invalidArgument('On a write, If-None-Match takes * alone.')
  }
  if (match === undefined) return {}
  if (match.trim() === '*') return existsCondition(req.header(headerNames.idempotencyKey))
  const [, revision] = /^\s*(?:W\/)?"(\d{1,16})"\s*$/.exec(match) ?? []
  if (revision !== undefined) return { ifRevision: Number(revision) }
  throw invalidArgument('If-Match takes * or one revision in quotes, such as "7".')
}

/** Whether `If-None-Match` names the revision that the client would be sent. */
export function isKnown({ req }: AppContext, revision: number): boolean {
  const known = req.header('if-none-match')
  if (known === undefined) return false
  return known
    .split(',')
    .some((tag) => [`"${revision}"`, `W/"${revision}"`, '*'].includes(tag.trim()))
}

function existsCondition(idempotencyKey: string | undefined): Condition {
  if (idempotencyKey === undefined) return 'exists'
  throw invalidArgument('If-Match: * takes no Idempotency-Key. Give the revision instead.')
}
