import { encodePart } from '../codec/value.ts'
import { type Entry, type EpochMs, entryOf } from './entry.ts'
import type { Read, ReadResult } from './operation.ts'
import { closeRecord, openRecord, setOf } from './record.ts'

/**
 * Answers a question about an entry, as a pure function: the meaning of every read, for all engines
 * that have no faster way of their own.
 *
 * @throws {KvasirError} `KV_WRONG_TYPE` as `Engine.read` says.
 */
export function readPart(entry: Entry | undefined, read: Read, now: EpochMs): ReadResult {
  if (!entry) return absent(read)
  if ('ttl' in read) {
    return { ttlMs: entry.expiresAt === undefined ? null : entry.expiresAt - now }
  }
  if ('fields' in read) {
    const fields = openRecord(read.key, entry.value)
    const named = read.fields.filter((field) => fields.has(field))
    const value = closeRecord(new Map(named.map((field) => [field, fields.get(field)])))
    return { entry: entryOf(entry, value) }
  }
  if ('peek' in read) {
    const fields = openRecord(read.key, entry.value)
    const elements = read.peek.map(([field, count]) => {
      const found = fields.get(field)
      const first = Array.isArray(found) ? found.slice(0, count) : []
      return [field, first.map(encodePart)] as const
    })
    return { elements }
  }
  if ('has' in read) {
    const fields = openRecord(read.key, entry.value)
    const members = read.has.map(([field, candidates]) => {
      const set = setOf(read.key, fields, { field, type: read.type })
      return [field, candidates.filter((member) => set?.has(member) ?? false)] as const
    })
    return { members }
  }
  return { entry }
}

function absent(read: Read): ReadResult {
  if ('peek' in read) return { elements: read.peek.map(([field]) => [field, []] as const) }
  if ('has' in read) return { members: read.has.map(([field]) => [field, []] as const) }
  return {}
}
