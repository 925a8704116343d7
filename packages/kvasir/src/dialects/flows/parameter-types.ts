/**
 * What parameters of functions can be. Each is a schema whose every rule carries the same words:
 * what the parameter takes. `describeProblem` makes a sentence of them, and JSON Schemas are made
 * of the rest.
 */
import { z } from 'zod'
import { limits } from '../../codec/limits.ts'
import { findLoneSurrogate, utf8Length } from '../../codec/utf8.ts'
import { findPatternProblem } from '../../engine/subjects.ts'

const nsPerMs = 1_000_000

/** Nanoseconds of some 126,000 years: together with any time of today they are in the calendar. */
const ttlNsMax = 4e21

export const bucketName = text(
  `1 to ${limits.nameLengthMax} of the characters A-Z a-z 0-9 _ -`,
  (given) => /^[A-Za-z0-9_-]{1,64}$/.test(given),
)
  .meta({ minLength: 1, maxLength: limits.nameLengthMax, pattern: '^[A-Za-z0-9_-]{1,64}$' })
  .describe('The name of the bucket.')

export const key = text(
  `1 to ${limits.keyBytesMax} bytes of valid Unicode`,
  (given) => given !== '' && isText(given, limits.keyBytesMax),
)
  .meta({ minLength: 1, maxLength: limits.keyBytesMax })
  .describe('The key.')

/** Anything that JSON can say; whether it can be stored is found out when it is written. */
export const value = z
  .unknown()
  .refine((given) => given !== undefined, {
    error: 'a string, which is kept as it is, or any JSON',
  })
  .describe('A string, which is kept as it is, or any JSON, which is kept as its text.')

/** Nanoseconds from 1 ms on; beyond the safe integers too, because a year is. */
export const ttl = nanoseconds('an integer of nanoseconds, at least 1000000 (1 ms)', isTtl)
  .meta({ type: 'integer', minimum: nsPerMs, maximum: ttlNsMax })
  .describe('How long it lives, in nanoseconds: 3600000000000 is an hour.')

/** As `ttl`, with 0 for none. */
export const ttlOrNone = nanoseconds(
  'an integer of nanoseconds: 0 for none, or at least 1000000 (1 ms)',
  (ns) => ns === 0 || isTtl(ns),
)
  .meta({ type: 'integer', minimum: 0, maximum: ttlNsMax })
  .describe('How long every value lives after it was written, in nanoseconds; 0: for ever.')

/** The name of a subject, or the template of one. */
export const subject = textUpTo(limits.keyBytesMax)

/** Which subjects. */
export const pattern = text(
  'a subject: tokens with dots between them, * for any token, > at the end for all that follow',
  (given) => isText(given, limits.keyBytesMax) && findPatternProblem(given) === undefined,
).meta({ minLength: 1, maxLength: limits.keyBytesMax })

export const revisionCondition = integer({ min: 0 }).describe(
  'Writes only if the key is at this revision; 0: only if it does not exist.',
)

export const absenceCondition = flag().describe('Writes only if the key does not exist.')

export function integer({ min, max }: { min: number; max?: number }) {
  const range = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`
  const error = `an integer ${range}`
  return z
    .int({ error })
    .min(min, { error })
    .max(max ?? Number.MAX_SAFE_INTEGER, { error })
}

/** A size limit: at least 1, or -1 for none. */
export function limit() {
  const error = 'an integer of at least 1, or -1 for no limit'
  return z
    .int({ error })
    .refine((given) => given === -1 || given >= 1, { error })
    .meta({ minimum: -1 })
}

export function number() {
  return z.number({ error: 'a finite number' })
}

export function flag() {
  return z.boolean({ error: 'true or false' })
}

/** Text of at most so many bytes of UTF-8. */
export function textUpTo(bytesMax: number) {
  const takes = `text of at most ${bytesMax} bytes of UTF-8`
  return text(takes, (given) => isText(given, bytesMax)).meta({ maxLength: bytesMax })
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: words.map((word) => `"${word}"`).join(' or ') })
}

/** An object of the given members alone; of what it takes, its members tell themselves. */
export function members<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, { error: 'an object' })
}

/** Names and what they stand for. Any name may be one, `__proto__` included. */
export function textMap(bytesMax: number) {
  const error = `an object of strings, of at most ${bytesMax} bytes in all`
  return z
    .custom<Readonly<Record<string, string>>>(isObject, { error })
    .superRefine((given, { addIssue }) => {
      const wrong = Object.entries(given).find(([, each]) => typeof each !== 'string')
      if (wrong) addIssue({ code: 'custom', path: [wrong[0]], message: 'a string' })
      else if (!isText(JSON.stringify(given), bytesMax))
        addIssue({ code: 'custom', message: error })
    })
    .meta({ type: 'object', additionalProperties: { type: 'string' } })
}

/** The milliseconds that a `ttl` means: rounded up. */
export function toMilliseconds(ns: number): number {
  return Math.ceil(ns / nsPerMs)
}

/** The `ttl` that milliseconds are. */
export function toNanoseconds(ms: number): number {
  return ms * nsPerMs
}

function text(takes: string, isValid: (given: string) => boolean) {
  return z.string({ error: takes }).refine(isValid, { error: takes })
}

function nanoseconds(takes: string, isValid: (ns: number) => boolean) {
  return z.number({ error: takes }).refine(isValid, { error: takes })
}

function isTtl(ns: number): boolean {
  return Number.isInteger(ns) && ns >= nsPerMs && ns <= ttlNsMax
}

function isObject(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

function isText(given: string, bytesMax: number): boolean {
  return utf8Length(given) <= bytesMax && findLoneSurrogate(given) < 0
}
