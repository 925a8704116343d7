import type { StoredValue } from '../codec/stored-value.ts'
import type { Change, Entry, EpochMs, Revision } from './entry.ts'
import { resolveExpiry } from './expiry.ts'
import { incrementValue } from './increment.ts'
import type { Expiry, Operation, OperationResult, PurgeOperation } from './operation.ts'
import { type ValueAccess, wholeValues } from './value-access.ts'

/** What an operation needs to know besides the entry that it meets. */
export interface ApplyContext {
  readonly now: EpochMs
  /** The revision that the operation takes if it writes. */
  readonly revision: Revision
  /** The bucket's TTL. */
  readonly ttlMs?: number
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

  const { values = wholeValues } = context
  const previous = operation.previous && current ? { previous: values.whole(current) } : {}
  if (operation.op === 'delete' && !operation.fields) {
    return removed(current, 'delete', { ...context, key: operation.key, previous })
  }
  if (operation.op === 'purge') {
    return removed(current, 'purge', { ...context, key: operation.key, previous })
  }

  const content = contentOf(current, operation, values)
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

function contentOf(
  current: Entry | undefined,
  operation: Exclude<Operation, PurgeOperation>,
  values: ValueAccess,
): Content {
  switch (operation.op) {
    case 'put':
      return { value: operation.value, report: {} }
    case 'touch':
      return { report: {} }
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
  { revision, now, key, previous }: ApplyContext & { key: string; previous: { previous?: Entry } },
): Applied {
  if (!current) return unchanged(undefined, {})
  return {
    outcome: 'changed',
    change: { kind, key, revision, at: now },
    result: { changed: true, revision, ...previous },
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
