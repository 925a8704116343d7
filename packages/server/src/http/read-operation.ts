import type { Operation } from 'kvasir/engine'
import {
  membersOf,
  parseJson,
  readListFields,
  readMemberFields,
  readNumberFields,
  readValue,
  readValueFields,
  toExpiry,
} from 'kvasir/protocol'
import { z } from 'zod'
import { operationSchema } from './operation-shapes.ts'
import { invalidArgument, parseShape } from './shape.ts'

type WireOperation = z.infer<typeof operationSchema>

/**
 * Reads one operation of a batch.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_TTL`, `KV_INVALID_VALUE`,
 * `KV_MALFORMED_BODY`
 */
export function readOperation(json: string, place: string): Operation {
  return toOperation(openMembers(json, ['value', 'fields'], place), place)
}

/** As `readOperation`, for members of which `value` and `fields` are JSON text. */
export function toOperation(members: Record<string, unknown>, place: string): Operation {
  const wire = parseShape(operationSchema, members, place)
  const { op } = wire
  const head = {
    key: wire.key,
    ...(wire.ifAbsent && { ifAbsent: true as const }),
    ...(wire.ifRevision !== undefined && { ifRevision: wire.ifRevision }),
    ...(wire.previous && { previous: true as const }),
  }
  if (op === 'purge') return { ...head, op }
  if (op === 'delete')
    return { ...head, op, ...(wire.fields && { fields: readNames(wire, place) }) }
  const expiry = toExpiry(wire)
  if (op === 'touch') {
    if (expiry && expiry !== 'keep') return { ...head, op, expiry }
    throw invalidArgument(`${place}: touch takes a ttl (null to remove it) or expiresAt.`)
  }
  return { ...head, ...(expiry && { expiry }), ...contentOf(wire) } as Operation
}

/** The members of an object; those named stay JSON text. */
export function openMembers(
  json: string,
  uncut: readonly string[],
  place: string,
): Record<string, unknown> {
  const members = membersOf(json)
  if (new Set(members.map(([name]) => name)).size < members.length) {
    throw invalidArgument(`${place} has a member twice.`)
  }
  return Object.fromEntries(
    members.map(([name, text]) => [name, uncut.includes(name) ? text : parseJson(text)]),
  )
}

function contentOf(wire: Exclude<WireOperation, { op: 'delete' | 'touch' | 'purge' }>) {
  switch (wire.op) {
    case 'put':
      return { op: wire.op, value: readValue(wire) }
    case 'patch': {
      const { op, unset } = wire
      return { op, set: readValueFields(wire.fields, wire.sets), ...(unset && { unset }) }
    }
    case 'increment': {
      const { op, by, fields } = wire
      if (fields === undefined) return { op, by: by ?? 1 }
      if (by === undefined) return { op, fields: readNumberFields(fields) }
      throw invalidArgument('increment takes by or fields, not both.')
    }
    case 'append':
    case 'unshift':
      return { op: wire.op, fields: readListFields(wire.fields, wire.sets) }
    case 'shift':
      return { op: wire.op, fields: readNumberFields(wire.fields) }
    case 'add':
    case 'remove':
      return { op: wire.op, type: wire.type, fields: readMemberFields(wire.fields) }
  }
}

function readNames({ fields = '[]' }: { fields?: string | undefined }, place: string): string[] {
  return parseShape(z.array(z.string()), parseJson(fields), `${place}.fields`)
}
