import type { Read } from 'kvasir/engine'
import { readMemberFields, readNumberFields } from 'kvasir/protocol'
import { z } from 'zod'
import { named } from './openapi/wire-form.ts'
import { fieldShapes } from './operation-shapes.ts'
import { openMembers } from './read-operation.ts'
import { parseShape } from './shape.ts'

const { counts, members, type } = fieldShapes

/** The parts that one read may ask for; `peek` and `has` are JSON text. */
export const readSchema = named(
  'Read',
  z.union(
    [
      z.strictObject({ key: z.string() }),
      z.strictObject({ key: z.string(), ttl: z.literal(true) }),
      z.strictObject({ key: z.string(), fields: z.array(z.string()) }),
      z.strictObject({ key: z.string(), peek: counts }),
      z.strictObject({ key: z.string(), has: members, type }),
    ],
    'a read takes key and at most one of ttl (true), fields, peek, or has with type',
  ),
)

/**
 * Reads one question of many.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_MALFORMED_BODY`
 */
export function readRead(json: string, place: string): Read {
  const read = parseShape(readSchema, openMembers(json, ['peek', 'has'], place), place)
  if ('peek' in read) return { key: read.key, peek: readNumberFields(read.peek) }
  if ('has' in read) return { key: read.key, has: readMemberFields(read.has), type: read.type }
  return read
}
