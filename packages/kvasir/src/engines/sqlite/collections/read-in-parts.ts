import type { StoredJson, StoredValue } from '../../../codec/stored-value.ts'
import type { Entry, EpochMs } from '../../../engine/entry.ts'
import type { Fields, Read, ReadResult } from '../../../engine/operation.ts'
import { readPart } from '../../../engine/read-part.ts'
import type { Collections } from './collection.ts'
import type { CollectionRows } from './collection-rows.ts'
import { joinRecord } from './join-record.ts'

/**
 * `readPart` for a record that is kept in parts. The rest of the record, in which its large fields
 * are empty, is asked first: that settles types, errors and all other fields. Only a question about
 * large lists alone does without.
 */
export function readInParts(
  rows: CollectionRows,
  { entry, collections }: { entry: Entry; collections: Collections },
  { read, now }: { read: Read; now: EpochMs },
): ReadResult {
  const elements = 'peek' in read && peekLarge(rows, collections, read.peek)
  if (elements) return { elements }
  const result = readPart(entry, read, now)
  if (result.entry) {
    const rest = result.entry.value as StoredJson
    const value = joinRecord(rows, { rest, collections: askedFor(collections, read) })
    return { entry: { ...entry, value } }
  }
  if (result.elements && 'peek' in read) {
    const counts = new Map(read.peek)
    return {
      elements: result.elements.map(([field, found]) => {
        const list = collections.get(field)
        return [field, list?.type === 'list' ? rows.peek(list, counts.get(field) ?? 0) : found]
      }),
    }
  }
  if (result.members && 'has' in read) {
    const candidates = new Map(read.has)
    return {
      members: result.members.map(([field, found]) => {
        const set = collections.get(field)
        if (!set) return [field, found]
        return [field, (candidates.get(field) ?? []).filter((member) => rows.has(set, member))]
      }),
    }
  }
  return result
}

function peekLarge(
  rows: CollectionRows,
  collections: Collections,
  counts: Fields<number>,
): ReadResult['elements'] {
  const elements: [string, readonly StoredValue[]][] = []
  for (const [field, count] of counts) {
    const list = collections.get(field)
    if (list?.type !== 'list') return undefined
    elements.push([field, rows.peek(list, count)])
  }
  return elements
}

function askedFor(collections: Collections, read: Read): Collections {
  if (!('fields' in read)) return collections
  return new Map([...collections].filter(([field]) => read.fields.includes(field)))
}
