import { writeJson } from '../../../codec/json-writer.ts'
import type { SetPaths, StoredJson } from '../../../codec/stored-value.ts'
import type { Collection, RecordParts } from './collection.ts'
import type { CollectionRows, ElementText } from './collection-rows.ts'
import { pointerTo } from './join-record.ts'

/** A field with more elements than this, or more bytes in several, is kept element by element. */
const elementsMax = 64
const bytesMax = 1024
/** One that has come down to this, in both respects, goes back into its record. */
const joinedElementsMax = 16
const joinedBytesMax = 256

/** Whether a record can have a large field at all: of one that is shorter, nobody looks at it. */
export function mayHaveLargeField({ data }: StoredJson): boolean {
  return data.length > 2 * elementsMax
}

export function isSmall({ length, bytes }: Collection): boolean {
  return length <= joinedElementsMax && bytes <= joinedBytesMax
}

/** A field on its way out of the record's text. */
interface LargeField {
  readonly type: Collection['type']
  readonly elements: readonly ElementText[]
}

/**
 * Moves the large lists and sets of a record to rows of their own. `undefined`: it has none, or
 * its text, put there by somebody else's JSON writer, would not come back character by character.
 */
export function splitRecord(
  rows: CollectionRows,
  { rest, collections }: RecordParts,
  { bucketId, beforeWriting }: { bucketId: number; beforeWriting: () => void },
): RecordParts | undefined {
  const fields = Object.entries(JSON.parse(rest.data) as object)
  const large = new Map<string, LargeField>()
  for (const [field, content] of fields) {
    const found = collections.has(field) ? undefined : largeField(field, content, rest.sets)
    if (found) large.set(field, found)
  }
  if (large.size === 0 || !comesBack(rest.data, fields, large)) return undefined

  beforeWriting()
  const all = new Map(collections)
  for (const [field, { type, elements }] of large) {
    const empty = rows.create(bucketId, type)
    all.set(field, type === 'list' ? rows.append(empty, elements) : rows.fill(empty, elements))
  }
  return { rest: withoutElements(rest, fields, large), collections: all }
}

function largeField(
  field: string,
  content: unknown,
  sets: SetPaths | undefined,
): LargeField | undefined {
  if (!Array.isArray(content) || content.length < 2) return undefined
  const texts = content.map((element) => writeJson(element).text)
  const isMany = texts.length > elementsMax
  if (!isMany && texts.reduce((bytes, text) => bytes + text.length, 0) <= bytesMax) return undefined
  const type = sets?.[pointerTo(field)] ?? 'list'
  if (type === 'list') {
    const within = setsByIndex(field, sets)
    const elements = texts.map((text, index) => {
      const own = within.get(index)
      return own ? { text, sets: own } : { text }
    })
    return { type, elements }
  }
  const hasTwins = new Set(texts).size < texts.length
  return hasTwins ? undefined : { type, elements: texts.map((text) => ({ text })) }
}

/** Where typed sets stand within the elements of a list, by the elements' indexes. */
function setsByIndex(
  field: string,
  sets: SetPaths = {},
): ReadonlyMap<number, Record<string, SetPaths[string]>> {
  const start = `${pointerTo(field)}/`
  const byIndex = new Map<number, Record<string, SetPaths[string]>>()
  for (const [pointer, type] of Object.entries(sets)) {
    if (!pointer.startsWith(start)) continue
    const [index = ''] = pointer.slice(start.length).split('/', 1)
    const own = byIndex.get(Number(index)) ?? {}
    own[pointer.slice(start.length + index.length)] = type
    byIndex.set(Number(index), own)
  }
  return byIndex
}

function comesBack(
  text: string,
  fields: readonly (readonly [string, unknown])[],
  large: ReadonlyMap<string, LargeField>,
): boolean {
  const written = fields.map(([field, content]) => {
    const elements = large.get(field)?.elements
    const own = elements
      ? `[${elements.map((element) => element.text).join()}]`
      : writeJson(content).text
    return `${JSON.stringify(field)}:${own}`
  })
  return `{${written.join()}}` === text
}

function withoutElements(
  { sets = {} }: StoredJson,
  fields: readonly (readonly [string, unknown])[],
  large: ReadonlyMap<string, LargeField>,
): StoredJson {
  const { text: data } = writeJson(
    Object.fromEntries(fields.map(([field, content]) => [field, large.has(field) ? [] : content])),
  )
  const starts = [...large.keys()].map((field) => `${pointerTo(field)}/`)
  const left = Object.entries(sets).filter(
    ([pointer]) => !starts.some((start) => pointer.startsWith(start)),
  )
  return left.length > 0
    ? { kind: 'record', data, sets: Object.fromEntries(left) }
    : { kind: 'record', data }
}
