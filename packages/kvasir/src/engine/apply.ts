import type { StoredValue } from '../codec/stored-value.ts'
import { applyToFields } from './apply-to-fields.ts'
import type { Change, Entry, EpochMs, Revision } from './entry.ts'
import { resolveExpiry } from './expiry.ts'
import { incrementValue } from './increment.ts'
import type { Expiry, Operation, OperationResult } from './operation.ts'

/** What an operation needs to know besides the entry that it meets. */
export interface ApplyContext {
  readonly now: EpochMs
  /** The revision that the operation takes if it writes. */
  readonly revision: Revision
  /** The bucket's TTL. */
  readonly ttlMs?: number
}

export type Applied =
  | { readonly outcome: 'conflict'; readonly revision: Revision }
  | { readonly outcome: 'unchanged'; readonly result: OperationResult }
  | { readonly outcome: 'changed'; readonly change: Change; readonly result: OperationResult }

/** What an operation makes of a value: the new one, if it changes, and what it reports. */
export interface Content {
  /** Absent: the operation leaves the value as it is. */
  readonly value?: StoredValue
  readonly report: Partial<OperationResult>
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

  const previous = operation.previous && current ? { previous: current } : {}
  if (operation.op === 'delete' && !operation.fields) return removed(current, operation, context)
  if (operation.op === 'purge') return removed(current, operation, context)

  const content = contentOf(current, operation)
  const expiry = expiryOf(operation)
  const isRenewal = current !== undefined && expiry !== 'keep' && !isInitialOnly(expiry)
  const value = content.value ?? (isRenewal ? current.value : undefined)
  if (!value) return unchanged(current, { ...previous, ...content.report })

  const expiresAt = resolveExpiry(expiry, current, context)
  const isIdle = operation.op === 'touch' && (expiresAt ?? current?.expiresAt) === undefined
  if (isIdle) return unchanged(current, previous)
  const entry: Entry = {
    key: operation.key,
    value,
    revision: context.revision,
    createdAt: current?.createdAt ?? context.now,
    updatedAt: context.now,
    ...(expiresAt !== undefined && { expiresAt }),
  }
  return {
    outcome: 'changed',
    change: { kind: 'put', entry },
    result: {
      changed: true,
      revision: context.revision,
      ...(expiresAt !== undefined && { expiresAt }),
      ...previous,
      ...content.report,
    },
  }
}

function holds(operation: Operation, revision: Revision): boolean {
  if (operation.ifAbsent) return revision === 0
  return operation.ifRevision === undefined || operation.ifRevision === revision
}

function contentOf(current: Entry | undefined, operation: Operation): Content {
  switch (operation.op) {
    case 'put':
      return { value: operation.value, report: {} }
    case 'touch':
    case 'purge':
      return { report: {} }
    case 'increment':
      return operation.fields
        ? applyToFields(current, { ...operation, fields: operation.fields })
        : incrementValue(current, operation)
    default:
      return applyToFields(current, operation)
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
  operation: Operation,
  { revision, now }: ApplyContext,
): Applied {
  if (!current) return unchanged(undefined, {})
  const kind = operation.op === 'purge' ? 'purge' : 'delete'
  return {
    outcome: 'changed',
    change: { kind, key: operation.key, revision, at: now },
    result: { changed: true, revision, ...(operation.previous && { previous: current }) },
  }
}

function unchanged(current: Entry | undefined, report: Partial<OperationResult>): Applied {
  const result: OperationResult = {
    changed: false,
    revision: current?.revision ?? 0,
    ...(current?.expiresAt !== undefined && { expiresAt: current.expiresAt }),
    ...report,
  }
  return { outcome: 'unchanged', result }
}
