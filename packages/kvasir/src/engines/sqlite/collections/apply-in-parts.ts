import type { StoredJson, StoredValue } from '../../../codec/stored-value.ts'
import { NumberSet, StringSet } from '../../../codec/typed-sets.ts'
import { decodeValue } from '../../../codec/value.ts'
import type { Content } from '../../../engine/apply.ts'
import { applyToFields, type FieldsOperation } from '../../../engine/apply-to-fields.ts'
import { type Entry, entryOf } from '../../../engine/entry.ts'
import type {
  AddOperation,
  AppendOperation,
  Fields,
  RemoveOperation,
  ShiftOperation,
  UnshiftOperation,
} from '../../../engine/operation.ts'
import { closeRecord, openRecord } from '../../../engine/record.ts'
import type { Collection, RecordParts } from './collection.ts'
import { type CollectionRows, toElement } from './collection-rows.ts'
import { setsOfList } from './join-record.ts'
import { RecordInParts } from './record-in-parts.ts'
import { isSmall } from './split-record.ts'

/** A stored entry whose record is kept in parts. */
export type EntryInParts = Entry & { readonly value: RecordInParts }

type SetOperation = AddOperation | RemoveOperation
type ElementsOperation = AppendOperation | UnshiftOperation | ShiftOperation | SetOperation

/**
 * `applyToFields` for a record that is kept in parts. The rest of the record, in which its large
 * fields are empty, takes the operation as any record does, less what is meant for the large
 * fields: that settles types, errors and all other fields. Then the large fields take the others.
 */
export function applyInParts(
  rows: CollectionRows,
  current: EntryInParts,
  operation: FieldsOperation,
): Content {
  switch (operation.op) {
    case 'patch': {
      const set = operation.set.map(([field]) => field)
      return replaceFields(current, operation, [...set, ...(operation.unset ?? [])])
    }
    case 'delete':
      return replaceFields(current, operation, operation.fields ?? [])
    case 'increment':
      return replaceFields(current, operation, [])
    default:
      return changeElements(rows, current, operation)
  }
}

function replaceFields(
  current: EntryInParts,
  operation: FieldsOperation,
  replaced: readonly string[],
): Content {
  const content = applyToFields(entryOf(current, current.value.rest), operation)
  if (!content.value) return content
  const collections = new Map(current.value.collections)
  for (const field of replaced) collections.delete(field)
  return { ...content, value: toValue({ rest: content.value as StoredJson, collections }) }
}

function changeElements(
  rows: CollectionRows,
  current: EntryInParts,
  operation: ElementsOperation,
): Content {
  const { rest: restBefore, collections: before } = current.value
  const forRest = withoutContentOf(before, operation)
  const content = applyToFields(entryOf(current, restBefore), forRest)

  const collections = new Map(before)
  const report = change(rows, collections, { operation, report: content.report })
  const hasChanged = [...before].some(([field, kept]) => collections.get(field) !== kept)
  if (!hasChanged && !content.value) return { report }
  const rest = (content.value ?? restBefore) as StoredJson
  return { value: toValue(joinSmall(rows, { rest, collections })), report }
}

/** The operation with nothing to do for the large fields but to have their types checked. */
function withoutContentOf(
  large: ReadonlyMap<string, Collection>,
  operation: ElementsOperation,
): ElementsOperation {
  if (operation.op === 'shift') return { ...operation, fields: emptied(large, operation.fields, 0) }
  if (operation.op === 'append' || operation.op === 'unshift') {
    return { ...operation, fields: emptied(large, operation.fields, []) }
  }
  return { ...operation, fields: emptied(large, operation.fields, []) }
}

function emptied<Content>(
  large: ReadonlyMap<string, Collection>,
  fields: Fields<Content>,
  nothing: Content,
): Fields<Content> {
  return fields.map(([field, content]) => [field, large.has(field) ? nothing : content])
}

/** Changes the collections that the operation names, and completes its report. */
function change(
  rows: CollectionRows,
  collections: Map<string, Collection>,
  { operation, report }: { operation: ElementsOperation; report: Content['report'] },
): Content['report'] {
  switch (operation.op) {
    case 'append':
    case 'unshift':
      extend(rows, collections, operation)
      return report
    case 'shift':
      return { elements: shift(rows, collections, { operation, report }) }
    default:
      return { members: changeSets(rows, collections, { operation, report }) }
  }
}

function extend(
  rows: CollectionRows,
  collections: Map<string, Collection>,
  { op, fields }: AppendOperation | UnshiftOperation,
): void {
  for (const [field, added] of fields) {
    const list = collections.get(field)
    if (!list || added.length === 0) continue
    const elements = added.map(toElement)
    collections.set(
      field,
      op === 'append' ? rows.append(list, elements) : rows.unshift(list, elements),
    )
  }
}

function shift(
  rows: CollectionRows,
  collections: Map<string, Collection>,
  { operation, report }: { operation: ShiftOperation; report: Content['report'] },
): Fields<readonly StoredValue[]> {
  const fromRest = new Map(report?.elements)
  return operation.fields.map(([field, count]) => {
    const list = collections.get(field)
    if (!list) return [field, fromRest.get(field) ?? []]
    const { collection, taken } = rows.shift(list, count)
    collections.set(field, collection)
    return [field, taken]
  })
}

function changeSets(
  rows: CollectionRows,
  collections: Map<string, Collection>,
  { operation, report }: { operation: SetOperation; report: Content['report'] },
): Fields<readonly (string | number)[]> {
  const fromRest = new Map(report?.members)
  return operation.fields.map(([field, candidates]) => {
    const set = collections.get(field)
    if (!set) return [field, fromRest.get(field) ?? []]
    const { collection, members } = rows[operation.op](set, candidates)
    collections.set(field, collection)
    return [field, members]
  })
}

/** Takes collections that have become small back into the record. */
function joinSmall(rows: CollectionRows, { rest, collections }: RecordParts): RecordParts {
  const small = [...collections].filter(([, collection]) => isSmall(collection))
  if (small.length === 0) return { rest, collections }
  const fields = openRecord('', rest)
  const left = new Map(collections)
  for (const [field, collection] of small) {
    fields.set(field, contentOf(rows, collection))
    left.delete(field)
  }
  return { rest: closeRecord(fields) as StoredJson, collections: left }
}

function contentOf(rows: CollectionRows, collection: Collection): unknown {
  const data = `[${rows.textOf(collection)}]`
  const content = decodeValue({ kind: 'json', data, sets: setsOfList(rows, collection) })
  if (collection.type === 'string') return new StringSet(content as string[])
  return collection.type === 'number' ? new NumberSet(content as number[]) : content
}

function toValue({ rest, collections }: RecordParts): StoredJson {
  return collections.size > 0 ? new RecordInParts({ rest, collections }) : rest
}
