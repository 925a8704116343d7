import { writeJson } from '../../../codec/json-writer.ts'
import type { SetPaths, StoredJson, StoredValue } from '../../../codec/stored-value.ts'
import { decodeValue, encodePart } from '../../../codec/value.ts'
import type { SqliteStatements } from '../sqlite-statements.ts'
import type { Collection } from './collection.ts'

/** An element of a list as its row has it: JSON text, and where typed sets stand in it. */
export interface ElementText {
  readonly text: string
  readonly sets?: SetPaths
}

type ElementCells = readonly [data: string, sets: string | null]

type Member = string | number

interface MembersChange {
  readonly collection: Collection
  readonly members: Member[]
}

/** Up to so many elements are freed at once; the reaper frees what is larger, bit by bit. */
const freedAtOnceMax = 1000

/**
 * The rows of large lists and sets. Nothing here depends on how many elements a collection has,
 * except reading all of them. Whoever changes one keeps the `Collection` that is answered.
 */
export class CollectionRows {
  readonly #statements: SqliteStatements

  constructor(statements: SqliteStatements) {
    this.#statements = statements
  }

  create(bucketId: number, type: Collection['type']): Collection {
    const { id } = this.#statements.addCollection.get(bucketId) as { id: number }
    return { id, type, first: 0, next: 0, length: 0, bytes: 0, hasSets: false }
  }

  append(list: Collection, elements: readonly ElementText[]): Collection {
    const added = this.#insert(list, elements, list.next)
    return { ...added, next: list.next + elements.length }
  }

  unshift(list: Collection, elements: readonly ElementText[]): Collection {
    const first = list.first - elements.length
    return { ...this.#insert(list, elements, first), first }
  }

  /** Up to so many first elements. */
  peek(list: Collection, count: number): StoredValue[] {
    return this.#first(list, count).map(toPart)
  }

  /** Removes up to so many first elements. */
  shift(list: Collection, count: number): { collection: Collection; taken: StoredValue[] } {
    const rows = this.#take(list, count)
    if (rows.length === 0) return { collection: list, taken: [] }
    const first = list.first + rows.length
    const bytes = rows.reduce((left, [data]) => left - Buffer.byteLength(data), list.bytes)
    const collection = { ...list, first, length: list.length - rows.length, bytes }
    return { collection, taken: rows.map(toPart) }
  }

  /** Adds members, and answers which of them are new. */
  add(set: Collection, candidates: readonly Member[]): MembersChange {
    const { addMember } = this.#statements
    let { next, length, bytes } = set
    const members = candidates.filter((member) => {
      const text = JSON.stringify(member)
      if (Number(addMember.run(set.id, text, next).changes) === 0) return false
      next++
      length++
      bytes += Buffer.byteLength(text)
      return true
    })
    return { collection: members.length > 0 ? { ...set, next, length, bytes } : set, members }
  }

  /** Removes members, and answers which of them were there. */
  remove(set: Collection, candidates: readonly Member[]): MembersChange {
    const { dropMember } = this.#statements
    let { length, bytes } = set
    const members = candidates.filter((member) => {
      const text = JSON.stringify(member)
      if (Number(dropMember.run(set.id, text).changes) === 0) return false
      length--
      bytes -= Buffer.byteLength(text)
      return true
    })
    return { collection: members.length > 0 ? { ...set, length, bytes } : set, members }
  }

  /** Gives an empty set its first members, which differ, as JSON texts. */
  fill(set: Collection, members: readonly ElementText[]): Collection {
    const { addMember } = this.#statements
    let bytes = 0
    for (const [position, { text }] of members.entries()) {
      addMember.run(set.id, text, position)
      bytes += Buffer.byteLength(text)
    }
    return { ...set, next: members.length, length: members.length, bytes }
  }

  has({ id }: Collection, member: Member): boolean {
    return this.#statements.member.get(id, JSON.stringify(member)) !== undefined
  }

  /** All elements in their order: what stands between the brackets of the JSON array. */
  textOf({ id, type }: Collection): string {
    const { elementsText, membersText } = this.#statements
    const row = (type === 'list' ? elementsText : membersText).get(id)
    return (row as { text: string | null }).text ?? ''
  }

  /** Where typed sets stand in the elements of a list, by the indexes of these. */
  setsOf({ id, first, hasSets }: Collection): [index: number, sets: SetPaths][] {
    if (!hasSets) return []
    const rows = this.#statements.elementSets.all(id) as { position: number; sets: string }[]
    return rows.map(({ position, sets }) => [position - first, JSON.parse(sets) as SetPaths])
  }

  /** Frees a collection; answers whether the reaper is to see to it. */
  free({ id, length }: Collection): boolean {
    if (length > freedAtOnceMax) {
      this.#statements.freeCollection.run(id)
      return true
    }
    this.freeSome(id, freedAtOnceMax)
    return false
  }

  /** Frees up to so many elements, and with the last of them the collection. */
  freeSome(id: number, count: number): void {
    const { removeElements, removeMembers, removeCollection } = this.#statements
    const removed =
      Number(removeElements.run(id, count).changes) + Number(removeMembers.run(id, count).changes)
    if (removed < count) removeCollection.run(id)
  }

  /** The positions of a list have no gaps. */
  #first({ id, first, next }: Collection, count: number): ElementCells[] {
    const end = Math.min(first + count, next)
    return this.#statements.elementsBefore.all(id, end) as ElementCells[]
  }

  #take(list: Collection, count: number): ElementCells[] {
    const { takeElement, dropElementsBefore } = this.#statements
    if (count === 1) {
      const taken = takeElement.get(list.id, list.first)
      return taken === undefined ? [] : [taken as ElementCells]
    }
    const rows = this.#first(list, count)
    if (rows.length > 0) dropElementsBefore.run(list.id, list.first + rows.length)
    return rows
  }

  #insert(list: Collection, elements: readonly ElementText[], from: number): Collection {
    const { addElement } = this.#statements
    let { bytes, hasSets } = list
    for (const [index, { text, sets }] of elements.entries()) {
      addElement.run(list.id, from + index, text, sets ? JSON.stringify(sets) : null)
      bytes += Buffer.byteLength(text)
      hasSets ||= sets !== undefined
    }
    return { ...list, length: list.length + elements.length, bytes, hasSets }
  }
}

/** An element as it comes with an operation, in the very form that it has within a record. */
export function toElement(value: StoredValue): ElementText {
  const { text, sets } = writeJson(decodeValue(value))
  return sets ? { text, sets } : { text }
}

function toPart([data, sets]: ElementCells): StoredValue {
  if (data.startsWith('"')) return encodePart(JSON.parse(data))
  const kind = data.startsWith('{') ? 'record' : 'json'
  const json: StoredJson = { kind, data }
  return sets === null ? json : { ...json, sets: JSON.parse(sets) as SetPaths }
}
