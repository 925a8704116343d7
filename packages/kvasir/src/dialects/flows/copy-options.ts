/** The options of buckets that copy others, as functions are given and answer them. */
import { z } from 'zod'
import { limits } from '../../codec/limits.ts'
import type { BucketConfig } from '../../engine/engine.ts'
import type { Origin } from '../../engine/origin.ts'
import { findTransformProblem } from '../../engine/subjects.ts'
import { invalidArgument } from '../../front/invalid-argument.ts'
import { bucketName, integer, members, pattern, subject, textUpTo } from './parameter-types.ts'
import { toInstant } from './stored-text.ts'

const transform = members({
  src: pattern.describe('Which subjects; * stands for one token, > for all that follow.'),
  dest: subject.describe('What becomes of them; {{wildcard(1)}} is what the first * stood for.'),
}).refine(({ src, dest }) => findTransformProblem({ source: src, dest }) === undefined, {
  error:
    '{ src, dest } where dest names wildcards of src as {{wildcard(1)}} and ends with > if src does',
})

export const origin = members({
  name: bucketName.describe('The bucket to copy.'),
  domain: textUpTo(limits.nameLengthMax)
    .describe('Where it is; clustered engines only.')
    .optional(),
  filter_subject: pattern.describe('Only keys that match; * and > are wildcards.').optional(),
  opt_start_seq: integer({ min: 0 }).describe('Begins with this sequence.').optional(),
  opt_start_time: z.iso
    .datetime({ offset: true, error: 'a time as in RFC 3339, such as "2030-01-31T12:00:00Z"' })
    .describe('Begins with what was written at this time; RFC 3339.')
    .optional(),
  subject_transforms: z
    .array(transform, { error: 'an array of { src, dest }' })
    .max(limits.transformsMax, { error: `an array of at most ${limits.transformsMax}` })
    .describe('What keys become in the copy; those that none is for are left out.')
    .optional(),
})

export const originList = z
  .array(origin, { error: 'an array of objects as in mirror' })
  .max(limits.sourcesMax, { error: `an array of at most ${limits.sourcesMax}` })

/** An origin as functions answer it. */
export const originBody = z.strictObject({
  name: z.string(),
  filter_subject: z.string().optional(),
  opt_start_seq: z.int().optional(),
  opt_start_time: z.string().optional(),
  subject_transforms: z.array(z.strictObject({ src: z.string(), dest: z.string() })).optional(),
})

type GivenOrigin = z.output<typeof origin>

interface GivenCopies {
  readonly mirror?: GivenOrigin | undefined
  readonly sources?: readonly GivenOrigin[] | undefined
}

type Copies = Pick<BucketConfig, 'mirror' | 'sources'>

/** What the engine is told. */
export function toCopies(given: GivenCopies): Copies {
  const mirror = given.mirror && toOrigin(given.mirror)
  const sources = given.sources?.map(toOrigin) ?? []
  return { ...(mirror && { mirror }), ...(sources.length > 0 && { sources }) }
}

export function toCopiesBody({ mirror, sources }: BucketConfig) {
  return {
    ...(mirror && { mirror: toOriginBody(mirror) }),
    ...(sources && sources.length > 0 && { sources: sources.map(toOriginBody) }),
  }
}

/**
 * Refuses limits on a bucket that copies others, in the words of the functions.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`
 */
export function refuseLimits(
  given: { readonly [Name in LimitName]?: number | undefined },
  { mirror, sources = [] }: { readonly mirror?: unknown; readonly sources?: readonly unknown[] },
): void {
  if (mirror === undefined && sources.length === 0) return
  const names = limitNames.filter((name) => mirror !== undefined || name !== 'ttl')
  const refused = names.find((name) => (given[name] ?? 0) > 0)
  if (refused === undefined) return
  const what = mirror === undefined ? 'a bucket with sources' : 'a mirror'
  throw invalidArgument(
    `${refused} is not for ${what}, which has to take every copy as it is. Set it on what is copied.`,
  )
}

const limitNames = ['ttl', 'max_bytes', 'max_value_size'] as const

type LimitName = (typeof limitNames)[number]

function toOrigin(given: GivenOrigin): Origin {
  const { name, filter_subject, opt_start_seq = 0, opt_start_time, subject_transforms } = given
  // Some clients send the year 1 for "no time".
  const startTime = Math.max(0, Date.parse(opt_start_time ?? '') || 0)
  const transforms = subject_transforms?.map(({ src, dest }) => ({ source: src, dest })) ?? []
  return {
    bucket: name,
    ...(filter_subject !== undefined && { filterSubject: filter_subject }),
    ...(opt_start_seq > 0 && { startRevision: opt_start_seq }),
    ...(startTime > 0 && { startTime }),
    ...(transforms.length > 0 && { transforms }),
  }
}

function toOriginBody(given: Origin): z.output<typeof originBody> {
  const { bucket, filterSubject, startRevision, startTime, transforms = [] } = given
  return {
    name: bucket,
    ...(filterSubject !== undefined && { filter_subject: filterSubject }),
    ...(startRevision !== undefined && { opt_start_seq: startRevision }),
    ...(startTime !== undefined && { opt_start_time: toInstant(startTime) }),
    ...(transforms.length > 0 && {
      subject_transforms: transforms.map(({ source, dest }) => ({ src: source, dest })),
    }),
  }
}
