import type { SetPaths, SetType, StoredJson } from '../../../codec/stored-value.ts'
import type { EntryRow } from '../sqlite-rows.ts'

/** A list or set of a record that has outgrown the record's row: every element is a row. */
export interface Collection {
  readonly id: number
  readonly type: 'list' | SetType
  /** The position of the first element, and the one after the last; sets have gaps between. */
  readonly first: number
  readonly next: number
  readonly length: number
  /** UTF-8 bytes of the elements' JSON texts. */
  readonly bytes: number
  /** Whether typed sets may stand within the elements. */
  readonly hasSets: boolean
}

/** By the names of their fields. */
export type Collections = ReadonlyMap<string, Collection>

/** What a record that is kept in parts has in its own row: itself with those fields empty. */
export interface RecordParts {
  readonly rest: StoredJson
  readonly collections: Collections
}

/** What the text of the whole record has beyond that of the rest: elements, with their commas. */
export function bytesApart(collections: Collections): number {
  let total = 0
  for (const { bytes, length } of collections.values()) total += bytes + Math.max(0, length - 1)
  return total
}

type CollectionColumns = readonly [
  field: string,
  id: number,
  type: Collection['type'],
  first: number,
  next: number,
  length: number,
  bytes: number,
  hasSets: boolean,
]

interface Structure {
  readonly sets?: SetPaths
  readonly collections: readonly CollectionColumns[]
}

/** The column `structure` of a record that is kept in parts. */
export function writeStructure({ rest: { sets }, collections }: RecordParts): string {
  const columns: CollectionColumns[] = []
  for (const [field, { id, type, first, next, length, bytes, hasSets }] of collections) {
    columns.push([field, id, type, first, next, length, bytes, hasSets])
  }
  const structure: Structure = sets ? { sets, collections: columns } : { collections: columns }
  return JSON.stringify(structure)
}

/** What the row of a record in parts holds of it. */
export function readParts({ structure, data }: Pick<EntryRow, 'structure' | 'data'>): RecordParts {
  const { sets, collections } = JSON.parse(structure ?? '') as Structure
  return {
    rest: sets
      ? { kind: 'record', data: data as string, sets }
      : { kind: 'record', data: data as string },
    collections: readCollections(collections),
  }
}

/** The collections that a column `structure` names. */
export function collectionsIn(structure: string): Collections {
  return readCollections((JSON.parse(structure) as Structure).collections)
}

function readCollections(rows: readonly CollectionColumns[]): Collections {
  const collections = new Map<string, Collection>()
  for (const [field, id, type, first, next, length, bytes, hasSets] of rows) {
    collections.set(field, { id, type, first, next, length, bytes, hasSets })
  }
  return collections
}
