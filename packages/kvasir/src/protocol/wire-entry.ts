/** Entries and changes on the wire. */

import type { WatchEvent } from '../engine/engine.ts'
import type { Change, Entry, EntryHead } from '../engine/entry.ts'
import { badAnswer } from './bad-answer.ts'
import { isObjectText } from './json-shape.ts'
import { membersOf, parseJson } from './json-slices.ts'
import { readValue, writeValue } from './wire-value.ts'

/** An entry, with or without its value, as JSON text. */
export function writeEntry(entry: EntryHead & Partial<Pick<Entry, 'value'>>): string {
  return `{${entryMembers(entry)}}`
}

/** A change or another event of a watch as JSON text. */
export function writeChange(
  change: WatchEvent | { readonly kind: 'put'; readonly entry: EntryHead },
): string {
  if (change.kind !== 'put') return JSON.stringify(change)
  return `{"kind":"put",${entryMembers(change.entry)}}`
}

/** @throws {KvasirError} `KV_BAD_RESPONSE` */
export function readEntry(json: string): Entry {
  return entryOf(openObject(json))
}

/** Reads an entry that may have come without its value. */
export function readEntryHead(json: string): EntryHead & Partial<Pick<Entry, 'value'>> {
  const members = openObject(json)
  return members.has('value') ? entryOf(members) : headOf(members)
}

/** @throws {KvasirError} `KV_BAD_RESPONSE` */
export function readChange(json: string): Change {
  const event = readEvent(json)
  if (event.kind === 'clear' || event.kind === 'synced' || event.kind === 'gap') {
    throw badAnswer(`a change of the kind "${event.kind}"`)
  }
  return event
}

/** @throws {KvasirError} `KV_BAD_RESPONSE` */
export function readEvent(json: string): WatchEvent {
  const members = openObject(json)
  const kind = parsed(members, 'kind')
  switch (kind) {
    case 'put':
      return { kind, entry: entryOf(members) }
    case 'delete':
    case 'purge':
    case 'expire': {
      const key = stringIn(members, 'key')
      return { kind, key, revision: numberIn(members, 'revision'), at: numberIn(members, 'at') }
    }
    case 'clear':
      return { kind, revision: numberIn(members, 'revision'), at: numberIn(members, 'at') }
    case 'synced':
      return { kind, revision: numberIn(members, 'revision') }
    case 'gap':
      return { kind, revision: numberIn(members, 'revision'), to: numberIn(members, 'to') }
    default:
      throw badAnswer('a change of an unknown kind')
  }
}

/** The members of an object in an answer. */
export function openObject(json: string): Map<string, string> {
  if (isObjectText(json)) return new Map(membersOf(json))
  throw badAnswer('something else where an object belongs')
}

export function numberIn(members: ReadonlyMap<string, string>, name: string): number {
  const number = parsed(members, name)
  if (typeof number === 'number') return number
  throw badAnswer(`no number called ${name}`)
}

function stringIn(members: ReadonlyMap<string, string>, name: string): string {
  const text = parsed(members, name)
  if (typeof text === 'string') return text
  throw badAnswer(`no string called ${name}`)
}

function parsed(members: ReadonlyMap<string, string>, name: string): unknown {
  const text = members.get(name)
  return text === undefined ? undefined : parseJson(text)
}

function entryMembers(entry: EntryHead & Partial<Pick<Entry, 'value'>>): string {
  const { key, value, revision, createdAt, updatedAt, expiresAt } = entry
  const head = JSON.stringify({ revision, createdAt, updatedAt, expiresAt }).slice(1, -1)
  const content = value ? `${writeValue(value)},` : ''
  return `"key":${JSON.stringify(key)},${content}${head}`
}

function headOf(members: ReadonlyMap<string, string>): EntryHead {
  return {
    key: stringIn(members, 'key'),
    revision: numberIn(members, 'revision'),
    createdAt: numberIn(members, 'createdAt'),
    updatedAt: numberIn(members, 'updatedAt'),
    ...(members.has('expiresAt') && { expiresAt: numberIn(members, 'expiresAt') }),
  }
}

function entryOf(members: ReadonlyMap<string, string>): Entry {
  const value = members.get('value')
  if (value === undefined) throw badAnswer('an entry without a value')
  const encoding = parsed(members, 'encoding')
  const stored = readValue({ value, encoding, sets: parsed(members, 'sets') })
  const { key, ...rest } = headOf(members)
  return { key, value: stored, ...rest }
}
