import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { decodeValue, encodePart } from '../codec/value.ts'
import type { Content } from './apply.ts'
import type { Entry } from './entry.ts'
import { sum } from './increment.ts'
import type {
  AddOperation,
  AppendOperation,
  DeleteOperation,
  Fields,
  IncrementOperation,
  PatchOperation,
  RemoveOperation,
  ShiftOperation,
  UnshiftOperation,
} from './operation.ts'
import {
  asNumber,
  closeRecord,
  listOf,
  openRecord,
  type RecordFields,
  setOf,
  wrongField,
} from './record.ts'

/** An operation on the fields of a record. */
export type FieldsOperation =
  | PatchOperation
  | DeleteOperation
  | (IncrementOperation & { readonly fields: Fields<number> })
  | AppendOperation
  | UnshiftOperation
  | ShiftOperation
  | AddOperation
  | RemoveOperation

/** Carries out an operation on the fields of a record; a missing record counts as empty. */
export function applyToFields(current: Entry | undefined, operation: FieldsOperation): Content {
  const fields = openRecord(operation.key, current?.value)
  const { hasChanged, report } = change(fields, operation)
  return hasChanged ? { value: closeRecord(fields), report } : { report }
}

interface FieldsChange {
  readonly hasChanged: boolean
  readonly report: Content['report']
}

function change(fields: RecordFields, operation: FieldsOperation): FieldsChange {
  switch (operation.op) {
    case 'patch':
      return patch(fields, operation)
    case 'delete':
      return deleteFields(fields, operation)
    case 'increment':
      return increment(fields, operation)
    case 'append':
    case 'unshift':
      return extendLists(fields, operation)
    case 'shift':
      return shift(fields, operation)
    case 'add':
      return add(fields, operation)
    case 'remove':
      return remove(fields, operation)
  }
}

function patch(fields: RecordFields, { set, unset = [] }: PatchOperation): FieldsChange {
  for (const field of unset) fields.delete(field)
  for (const [field, value] of set) fields.set(field, decodeValue(value))
  return { hasChanged: true, report: {} }
}

function deleteFields(fields: RecordFields, operation: DeleteOperation): FieldsChange {
  const deleted = (operation.fields ?? []).filter((field) => fields.delete(field))
  return { hasChanged: deleted.length > 0, report: {} }
}

function increment(
  fields: RecordFields,
  { key, fields: amounts }: IncrementOperation & { readonly fields: Fields<number> },
): FieldsChange {
  const numbers = amounts.map(([field, amount]): [string, number] => {
    const found = fields.get(field) ?? (fields.has(field) ? null : 0)
    const base = asNumber(found)
    if (base === undefined) throw wrongField({ key, field, found, needs: 'a number' })
    return [
      field,
      sum(base, amount, `field ${JSON.stringify(field)} of key ${JSON.stringify(key)}`),
    ]
  })
  for (const [field, number] of numbers) fields.set(field, number)
  return { hasChanged: numbers.length > 0, report: { numbers } }
}

function extendLists(
  fields: RecordFields,
  { key, op, fields: additions }: AppendOperation | UnshiftOperation,
): FieldsChange {
  let hasChanged = false
  for (const [field, elements] of additions) {
    const list = listOf(key, fields, field) ?? []
    if (elements.length === 0) continue
    const added = elements.map(decodeValue)
    fields.set(field, op === 'append' ? [...list, ...added] : [...added, ...list])
    hasChanged = true
  }
  return { hasChanged, report: {} }
}

function shift(fields: RecordFields, { key, fields: counts }: ShiftOperation): FieldsChange {
  let hasChanged = false
  const elements = counts.map(([field, count]) => {
    const taken = (listOf(key, fields, field) ?? []).splice(0, count)
    hasChanged ||= taken.length > 0
    return [field, taken.map(encodePart)] as const
  })
  return { hasChanged, report: { elements } }
}

function add(fields: RecordFields, { key, type, fields: additions }: AddOperation): FieldsChange {
  let hasChanged = false
  const members = additions.map(([field, candidates]) => {
    const existing = setOf(key, fields, { field, type })
    const set = existing ?? newSet(type)
    const sizeBefore = set.size
    const added = candidates.filter((member) => set.size < set.add(member).size)
    if (set.size > sizeBefore) fields.set(field, set)
    hasChanged ||= set.size > sizeBefore
    return [field, added] as const
  })
  return { hasChanged, report: { members } }
}

function remove(
  fields: RecordFields,
  { key, type, fields: removals }: RemoveOperation,
): FieldsChange {
  let hasChanged = false
  const members = removals.map(([field, candidates]) => {
    const set = setOf(key, fields, { field, type })
    const removed = candidates.filter((member) => set?.delete(member) ?? false)
    hasChanged ||= removed.length > 0
    return [field, removed] as const
  })
  return { hasChanged, report: { members } }
}

function newSet(type: AddOperation['type']): Set<string | number> {
  return (type === 'string' ? new StringSet() : new NumberSet()) as Set<string | number>
}
