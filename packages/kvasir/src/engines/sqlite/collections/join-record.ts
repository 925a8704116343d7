import { writeJson } from '../../../codec/json-writer.ts'
import type { SetPaths, StoredJson } from '../../../codec/stored-value.ts'
import type { Collection, RecordParts } from './collection.ts'
import type { CollectionRows } from './collection-rows.ts'

/** Puts a record together again: the rest, with all elements in their places. */
export function joinRecord(rows: CollectionRows, { rest, collections }: RecordParts): StoredJson {
  const fields = Object.entries(JSON.parse(rest.data) as object).map(([field, content]) => {
    const collection = collections.get(field)
    const text = collection ? `[${rows.textOf(collection)}]` : writeJson(content).text
    return `${JSON.stringify(field)}:${text}`
  })
  const sets: Record<string, SetPaths[string]> = { ...rest.sets }
  for (const [field, collection] of collections) {
    for (const [pointer, type] of Object.entries(setsOfList(rows, collection))) {
      sets[pointerTo(field) + pointer] = type
    }
  }
  const data = `{${fields.join()}}`
  if (Object.keys(sets).length === 0) return { kind: 'record', data }
  return { kind: 'record', data, sets }
}

/** Where typed sets stand within the elements of a list: JSON Pointers that begin at the list. */
export function setsOfList(rows: CollectionRows, list: Collection): SetPaths {
  const sets: Record<string, SetPaths[string]> = {}
  for (const [index, own] of rows.setsOf(list)) {
    for (const [pointer, type] of Object.entries(own)) sets[`/${index}${pointer}`] = type
  }
  return sets
}

/** A field as JSON Pointer. */
export function pointerTo(field: string): string {
  return `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
