/** How keys and values look in the output. */
import type { BucketEntry } from 'kvasir'

/**
 * A key or a text on one line. What could break the line, or steer a terminal, makes it a JSON
 * string; everything else stands for itself.
 */
export function onOneLine(text: string): string {
  if (!/[\p{Cc}\u2028\u2029]/u.test(text)) return text
  return JSON.stringify(text).replace(/[\p{Cc}\u2028\u2029]/gu, escapeUnit)
}

/** JSON text that says the same without what could steer a terminal; line breaks may lay it out. */
export function withoutControls(json: string): string {
  return json.replace(/(?!\n)[\p{Cc}\u2028\u2029]/gu, escapeUnit)
}

/** A value in a line of a listing. */
export function valueOnOneLine(value: unknown): string {
  if (typeof value === 'string') return onOneLine(value)
  if (value instanceof Uint8Array) return `(${value.byteLength} bytes)`
  return onOneLine(JSON.stringify(value))
}

/** A value as a member of a JSON document: bytes as base64, with a `type` that says so. */
export function toJsonValue(value: unknown): { type: 'text' | 'json' | 'bytes'; value: unknown } {
  if (typeof value === 'string') return { type: 'text', value }
  if (value instanceof Uint8Array) {
    return { type: 'bytes', value: Buffer.from(value).toString('base64') }
  }
  return { type: 'json', value }
}

/** An entry as a JSON document. */
export function toJsonEntry({ value, ...head }: BucketEntry) {
  return { ...head, ...toJsonValue(value) }
}

export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
