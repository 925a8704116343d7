import { KvasirError } from '../errors/kvasir-error.ts'
import type { StoredValue } from './stored-value.ts'

/**
 * Turns a stored value into a fresh JavaScript value, in which typed sets are still arrays.
 *
 * @throws {KvasirError} `KV_CORRUPT` when the stored text is not the JSON it should be.
 */
export function decodePlain(stored: StoredValue): unknown {
  if (stored.kind === 'text') return stored.data
  return stored.kind === 'bytes' ? new Uint8Array(stored.data) : parseStored(stored.data)
}

function parseStored(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new KvasirError('KV_CORRUPT', 'A stored value is not the JSON it should be.', { cause })
  }
}
