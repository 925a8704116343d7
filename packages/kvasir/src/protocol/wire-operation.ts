/** Operations on the wire, as clients write them. Servers read them with `readOperation`. */
import type { Expiry, Operation } from '../engine/operation.ts'
import {
  writeListFields,
  writeMemberFields,
  writeNumberFields,
  writeValueFields,
} from './wire-fields.ts'
import { writeValue } from './wire-value.ts'
import { writeBy, writeOperation, writeOperations } from './wire-value-operation.ts'

/** The body of a batch as JSON text. */
export function writeBatch(bucket: string, operations: readonly Operation[]): string {
  const texts = operations.map((operation) =>
    writeOperation(headOf(operation), contentOf(operation)),
  )
  return writeOperations(bucket, texts)
}

function headOf(operation: Operation): Record<string, unknown> {
  const { op, key, ifAbsent, ifRevision, previous } = operation
  const expiry = 'expiry' in operation ? expiryMembers(operation.expiry) : {}
  return { op, key, ifAbsent, ifRevision, previous, ...expiry }
}

function expiryMembers(expiry: Expiry | undefined): Record<string, unknown> {
  if (expiry === undefined) return {}
  if (expiry === 'none') return { ttl: null }
  if (expiry === 'keep') return { keepTtl: true }
  if ('ttlMs' in expiry) return { ttl: expiry.ttlMs }
  if ('initialTtlMs' in expiry) return { initialTtl: expiry.initialTtlMs }
  return { expiresAt: expiry.expiresAt }
}

function contentOf(operation: Operation): string[] {
  switch (operation.op) {
    case 'put':
      return [writeValue(operation.value)]
    case 'delete':
      return operation.fields ? [`"fields":${JSON.stringify(operation.fields)}`] : []
    case 'patch': {
      const fields = writeValueFields('fields', operation.set)
      return operation.unset ? [fields, `"unset":${JSON.stringify(operation.unset)}`] : [fields]
    }
    case 'increment':
      if (operation.fields) return [writeNumberFields('fields', operation.fields)]
      return operation.by === undefined ? [] : [writeBy(operation.by)]
    case 'append':
    case 'unshift':
      return [writeListFields('fields', operation.fields)]
    case 'shift':
      return [writeNumberFields('fields', operation.fields)]
    case 'add':
    case 'remove':
      return [`"type":"${operation.type}"`, writeMemberFields('fields', operation.fields)]
    case 'touch':
    case 'purge':
      return []
  }
}
