import { createHash } from 'node:crypto'

/** A short text that is the same for equal values and no others; sets and lists differ. */
export function canonical(value: unknown): string {
  return createHash('sha1').update(toText(value)).digest('base64url').slice(0, 16)
}

function toText(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('base64')}`
  if (value instanceof Set) return `${value.constructor.name}:${JSON.stringify([...value])}`
  if (Array.isArray(value)) return `[${value.map(toText).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${toText(field)}`).join()}}`
}
