/** Questions about entries on the wire, and their answers. */
import type { Read, ReadResult } from '../engine/operation.ts'
import { badAnswer } from './bad-answer.ts'
import { elementsOf, parseJson } from './json-slices.ts'
import { openObject, readEntry, writeEntry } from './wire-entry.ts'
import {
  readListFields,
  readMemberFields,
  writeListFields,
  writeMemberFields,
  writeNumberFields,
} from './wire-fields.ts'

/** The body of a read as JSON text. */
export function writeReads(bucket: string, reads: readonly Read[]): string {
  return `{"bucket":${JSON.stringify(bucket)},"reads":[${reads.map(writeRead).join()}]}`
}

/** One answer as JSON text. */
export function writeReadResult({ entry, elements, members, ttlMs }: ReadResult): string {
  const parts: string[] = []
  if (entry) parts.push(`"entry":${writeEntry(entry)}`)
  if (elements) parts.push(writeListFields('elements', elements))
  if (members) parts.push(writeMemberFields('members', members))
  if (ttlMs !== undefined) parts.push(`"ttlMs":${ttlMs}`)
  return `{${parts.join()}}`
}

/** @throws {KvasirError} when the text is not the answer to a read. */
export function readReadResults(json: string): ReadResult[] {
  const results = openObject(json).get('results')
  if (results === undefined) throw badAnswer('no results')
  return elementsOf(results).map(readReadResult)
}

function writeRead(read: Read): string {
  const key = `"key":${JSON.stringify(read.key)}`
  if ('ttl' in read) return `{${key},"ttl":true}`
  if ('fields' in read) return `{${key},"fields":${JSON.stringify(read.fields)}}`
  if ('peek' in read) return `{${key},${writeNumberFields('peek', read.peek)}}`
  if (!('has' in read)) return `{${key}}`
  return `{${key},${writeMemberFields('has', read.has)},"type":"${read.type}"}`
}

function readReadResult(json: string): ReadResult {
  const result = openObject(json)
  const entry = result.get('entry')
  const elements = result.get('elements')
  const members = result.get('members')
  const sets = result.get('sets')
  const ttlMs = result.get('ttlMs')
  return {
    ...(entry !== undefined && { entry: readEntry(entry) }),
    ...(elements !== undefined && {
      elements: readListFields(elements, sets && parseJson(sets)),
    }),
    ...(members !== undefined && { members: readMemberFields(members) }),
    ...(ttlMs !== undefined && { ttlMs: parseJson(ttlMs) as number | null }),
  }
}
