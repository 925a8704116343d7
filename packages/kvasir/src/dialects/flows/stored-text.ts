/** Stored values as flows see them: text, whatever they were stored as. */
import { z } from 'zod'
import { toBase64 } from '../../codec/base64.ts'
import type { StoredValue } from '../../codec/stored-value.ts'
import { typeName } from '../../engine/record.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'

export const rawValue = z
  .string()
  .describe('The stored string, or the JSON text of what is stored.')

export const encoding = z
  .literal('base64')
  .optional()
  .describe('There when the value is bytes, which then are base64.')

/** A string as it is, bytes as base64 with a word that says so, everything else as JSON text. */
export function toRaw(stored: StoredValue): { value: string; encoding?: 'base64' } {
  if (stored.kind === 'bytes') return { value: toBase64(stored.data), encoding: 'base64' }
  return { value: stored.data }
}

/**
 * What the stored JSON means; a stored string is read as JSON too. Sets are arrays.
 *
 * @throws {KvasirError} `KV_WRONG_TYPE` when the value is no JSON.
 */
export function toParsed(stored: StoredValue, key: string): unknown {
  if (stored.kind === 'bytes') throw notJson(key, typeName(stored.data))
  try {
    return JSON.parse(stored.data)
  } catch {
    throw notJson(key, 'a string') // Its contents stay out of the message, and so does the cause.
  }
}

export function toInstant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

function notJson(key: string, found: string): KvasirError {
  return new KvasirError(
    'KV_WRONG_TYPE',
    `Key ${JSON.stringify(key)} holds ${found} that is no JSON. Leave json out to get it as it is.`,
    { details: { key } },
  )
}
