/** What several commands on records take. */
import { oneOf, parseDurationMs, parseText } from '../config/parse.ts'
import type { Setting } from '../config/setting.ts'

export const recordFileSetting = {
  flag: '--file <path>',
  help: 'read the record, as JSON, from a file',
  parse: parseText,
} as const satisfies Setting<string>

/** For what replaces a record; as the records dialect takes it. */
export const ttlSetting = {
  flag: '--ttl <duration>',
  help: 'how long the record lives, such as 90s, 5m or 7d; without it, for ever',
  parse: parseTtl,
} as const satisfies Setting<string>

/** For what changes a record. */
export const changedTtlSetting = {
  flag: '--ttl <duration>',
  help: 'how long the record lives from now on, or "none" for ever; without it, as long as before',
  parse: (text, from) => (text === 'none' ? null : parseTtl(text, from)),
} as const satisfies Setting<string | null>

const elementTypes = ['text', 'json'] as const

export type ElementType = (typeof elementTypes)[number]

export const elementTypeSetting = {
  flag: '--type <type>',
  default: 'text',
  help: `what the values are: ${elementTypes.join(', ')}`,
  parse: oneOf(elementTypes),
} as const satisfies Setting<ElementType>

const setTypes = ['string', 'number'] as const

export type MemberType = (typeof setTypes)[number]

export const setTypeSetting = {
  flag: '--type <type>',
  default: 'string',
  help: `what the members of the set are: ${setTypes.join(', ')}`,
  parse: oneOf(setTypes),
} as const satisfies Setting<MemberType>

function parseTtl(text: string, from: string): string {
  return `${parseDurationMs(text, from)}ms`
}
