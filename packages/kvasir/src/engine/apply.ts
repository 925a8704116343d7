import type { StoredValue } from '../codec/stored-value.ts'
import type { Change, Entry, EpochMs, Revision } from './entry.ts'
import { resolveExpiry } from './expiry.ts'
import { incrementValue } from './increment.ts'
import type { Expiry, Operation, OperationResult, PurgeOperation } from './operation.ts'
import type { Settable } from './settable.ts'
import { type ValueAccess, wholeValues } from './value-access.ts'

/** What an operation needs to know besides the entry that it meets. */
export interface ApplyContext {
  readonly now: EpochMs
  /** The revision that the operation takes if it writes. */
  readonly revision: Revision
  /** The bucket's TTL. */
  readonly ttlMs?: number | undefined
  /** Default: values are whole. */
  readonly values?: ValueAccess
}

export type Applied =
  | { readonly outcome: 'conflict'; readonly revision: Revision }
  | { readonly outcome: 'unchanged'; readonly result: OperationResult }
  | { readonly outcome: 'changed'; readonly change: Change; readonly result: OperationResult }

/** What an operation makes of a value: the new one, if it changes, and what it reports. */
export interface Content {
  /** Absent: the operation leaves the value as it is. */
  readonly value?: StoredValue
  readonly report?: Partial<OperationResult>
}

/**
 * Carries out one operation on one entry, as a pure function: the meaning of every operation, for
 * all engines that have no faster way of their own.
 *
 * `current` is the entry that exists at `context.now`; expired is absent.
 *
 * @throws {KvasirError} `KV_WRONG_TYPE`, `KV_INVALID_TTL`, or `KV_INVALID_VALUE` for a sum that is
 * not finite.
 */
export function apply(
  current: Entry | undefined,
  operation: Operation,
  context: ApplyContext,
): Applied {
  const revision = current?.revision ?? 0
  if (!holds(operation, revision)) return { outcome: 'conflict', revision }

  const { values = wholeValues } = context
  const previous = operation.previous && current ? values.whole(current) : undefined
  if (operation.op === 'delete' && !operation.fields) {
    return removed(current, 'delete', { ...context, key: operation.key, previous })
  }
  if (operation.op === 'purge') {
    return removed(current, 'purge', { ...context, key: operation.key, previous })
  }

  const content = contentOf(current, operation, values)
  const { report } = content
  const expiry = expiryOf(operation)
  const isRenewal = current !== undefined && expiry !== 'keep' && !isInitialOnly(expiry)
  const value = content.value ?? (isRenewal ? current.value : undefined)
  if (!value) return unchanged(current, { previous, report })

  const expiresAt = resolveExpiry(expiry, current, context)
  const isIdle = operation.op === 'touch' && (expiresAt ?? current?.expiresAt) === undefined
  if (isIdle) return unchanged(current, { previous, report: undefined })
  const { now, revision: next } = context
  const createdAt = current?.createdAt ?? now
  const { key } = operation
  const entry: Settable<Entry> = { key, value, revision: next, createdAt, updatedAt: now }
  if (expiresAt !== undefined) entry.expiresAt = expiresAt
  return {
    outcome: 'changed',
    change: { kind: 'put', entry },
    result: toResult({ changed: true, revision: next, expiresAt, previous, report }),
  }
}

function holds(operation: Operation, revision: Revision): boolean {
  if (operation.ifAbsent) return revision === 0
  return operation.ifRevision === undefined || operation.ifRevision === revision
}

function contentOf(
  current: Entry | undefined,
  operation: Exclude<Operation, PurgeOperation>,
  values: ValueAccess,
): Content {
  switch (operation.op) {
    case 'put':
      return { value: operation.value }
    case 'touch':
      return {}
    case 'increment':
      return operation.fields
        ? values.applyToFields(current, { ...operation, fields: operation.fields })
        : incrementValue(current, operation)
    default:
      return values.applyToFields(current, operation)
  }
}

function expiryOf(operation: Operation): Expiry {
  if ('expiry' in operation && operation.expiry !== undefined) return operation.expiry
  return operation.op === 'put' ? 'none' : 'keep'
}

function isInitialOnly(expiry: Expiry): boolean {
  return typeof expiry === 'object' && 'initialTtlMs' in expiry
}

function removed(
  current: Entry | undefined,
  kind: 'delete' | 'purge',
  { revision, now, key, previous }: ApplyContext & { key: string; previous: Entry | undefined },
): Applied {
  if (!current) return unchanged(undefined, { previous: undefined, report: undefined })
  const told = { changed: true, revision, expiresAt: undefined, previous, report: undefined }
  return {
    outcome: 'changed',
    change: { kind, key, revision, at: now },
    result: toResult(told),
  }
}

function unchanged(current: Entry | undefined, told: Pick<Told, 'previous' | 'report'>): Applied {
  const { revision, expiresAt } = current ?? nothing
  const { previous, report } = told
  const result = toResult({ changed: false, revision, expiresAt, previous, report })
  return { outcome: 'unchanged', result }
}

const nothing = { revision: 0, expiresAt: undefined }

/** What the caller of an operation is told. */
interface Told {
  readonly changed: boolean
  readonly revision: Revision
  readonly expiresAt: EpochMs | undefined
  readonly previous: Entry | undefined
  readonly report: Partial<OperationResult> | undefined
}

function toResult({ changed, revision, expiresAt, previous, report }: Told): OperationResult {
  const result: Settable<OperationResult> = { changed, revision }
  if (expiresAt !== undefined) result.expiresAt = expiresAt
  if (previous) result.previous = previous
  return report ? Object.assign(result, report) : result
}
