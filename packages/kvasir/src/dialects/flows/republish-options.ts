/** The option `republish` of buckets, as functions are given and answer it. */
import { z } from 'zod'
import type { BucketChanges, BucketConfig } from '../../engine/engine.ts'
import { findRepublishProblem, type Republish } from '../../engine/republish.ts'
import { flag, members, pattern, subject } from './parameter-types.ts'

export const republish = members({
  source: pattern
    .describe('Only keys that match; * and > are wildcards; default: >, all of them.')
    .optional(),
  src: pattern.describe('Another name of source.').optional(),
  dest: subject.describe(
    'The subject to publish under; {{wildcard(1)}} is what the first * of source stood for; an ' +
      'empty text ends publishing.',
  ),
  headers_only: flag().describe('Publishes without values.').optional(),
}).refine((given) => given.dest === '' || findRepublishProblem(toRule(given)) === undefined, {
  error:
    '{ source, dest } where dest names wildcards of source as {{wildcard(1)}} and ends with > only if source does',
})

/** As functions answer it. */
export const republishBody = z.strictObject({
  source: z.string(),
  dest: z.string(),
  headers_only: z.boolean(),
})

interface Given {
  readonly source?: string | undefined
  readonly src?: string | undefined
  readonly dest: string
  readonly headers_only?: boolean | undefined
}

type Republishing = Pick<BucketConfig, 'republish'>

/** What the engine is told. */
export function toRepublishing(given: Given | undefined): Pick<BucketChanges, 'republish'> {
  if (given === undefined) return {}
  return { republish: given.dest === '' ? null : toRule(given) }
}

export function toRepublishingBody({ republish: rule }: Republishing) {
  if (!rule) return {}
  const { source = '>', dest, headersOnly = false } = rule
  return { republish: { source, dest, headers_only: headersOnly } }
}

function toRule({ source, src, dest, headers_only: headersOnly }: Given): Republish {
  const pattern = source ?? src
  return {
    dest,
    ...(pattern !== undefined && { source: pattern }),
    ...(headersOnly !== undefined && { headersOnly }),
  }
}
