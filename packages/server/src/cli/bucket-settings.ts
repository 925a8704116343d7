/** What a bucket can be set to, as options of commands. */
import { type BucketConfig, KvasirError, type Republish } from 'kvasir'
import { oneOf, parseDurationMs, parseNames, parseText, parseWhole } from '../config/parse.ts'
import type { Setting, SettingValues } from '../config/setting.ts'
import type { Switch } from './define-command.ts'

const storages = ['file', 'memory'] as const

const storageSetting = {
  flag: '--storage <where>',
  help: 'file, or memory for values that do not outlive a restart (default: file)',
  parse: oneOf(storages),
} as const satisfies Setting<(typeof storages)[number]>

export const bucketSettings = {
  description: { flag: '--description <text>', help: 'what it is for', parse: parseText },
  ttlMs: {
    flag: '--ttl <duration>',
    help: 'every value expires so long after it was written',
    parse: parseDurationMs,
  },
  history: {
    flag: '--history <number>',
    help: 'revisions kept of each key, 1 to 64 (default: 1)',
    parse: parseWhole,
  },
  bytesMax: {
    flag: '--bytes-max <number>',
    help: 'the most bytes that it holds (default: no limit)',
    parse: parseWhole,
  },
  valueBytesMax: {
    flag: '--value-bytes-max <number>',
    help: 'the most bytes of one value',
    parse: parseWhole,
  },
  storage: storageSetting,
  mirror: {
    flag: '--mirror <bucket>',
    help: 'make it a read-only live copy of this bucket',
    parse: parseText,
  },
  sources: {
    flag: '--sources <buckets>',
    help: 'let it receive live what these buckets store: names with commas between',
    parse: parseNames,
  },
  republish: {
    flag: '--republish <subject>',
    help: 'publish every change under a subject, such as "orders.>"',
    parse: parseText,
  },
  republishSource: {
    flag: '--republish-source <subject>',
    help: 'publish only the changes of keys that match, such as "eu.*.>" (default: all)',
    parse: parseText,
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>

export const bucketSwitches = {
  compression: { flag: '--compression', help: 'compress values on the disk' },
  republishHeadersOnly: {
    flag: '--republish-headers-only',
    help: 'publish changes without their values',
  },
} as const satisfies Readonly<Record<string, Switch>>

type Given = SettingValues<typeof bucketSettings> & {
  readonly [Name in keyof typeof bucketSwitches]: boolean
}

/** The configuration that was given; what was not is left out. */
export function toBucketConfig(given: Given): Partial<BucketConfig> {
  const { description, ttlMs, history, bytesMax, valueBytesMax, storage, compression } = given
  const mirror = given.mirror === undefined ? undefined : { bucket: given.mirror }
  const sources = given.sources?.map((bucket) => ({ bucket }))
  const own = { description, ttlMs, history, bytesMax, valueBytesMax, storage, compression }
  return Object.fromEntries(
    Object.entries({ ...own, mirror, sources, republish: toRepublish(given) }).filter(
      ([, value]) => value !== undefined,
    ),
  )
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` when only the details were given. */
function toRepublish(given: Given): Republish | undefined {
  const { republish: dest, republishSource: source, republishHeadersOnly: headersOnly } = given
  if (dest !== undefined) return { dest, headersOnly, ...(source !== undefined && { source }) }
  if (source === undefined && !headersOnly) return undefined
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    'It is not said under which subject to publish. Add --republish <subject>.',
    { outcome: 'not-applied' },
  )
}
