import type { Revision } from './entry.ts'
import { findPatternProblem, findTransformProblem, transformSubject } from './subjects.ts'

/** Which changes of a bucket are published, and under which subjects. */
export interface Republish {
  /** Only keys that match this pattern; default `>`, all of them. */
  readonly source?: string
  /**
   * The subject that the changes of a key are published under: `{{wildcard(1)}}` is what the first
   * `*` of `source` stood for, and a `>` at its end what the one at the end of `source` stood for.
   */
  readonly dest: string
  /** Publishes without values. Default: `false`. */
  readonly headersOnly?: boolean
}

/** The part of a bucket's configuration that is about this. */
interface Publishing {
  readonly republish?: Republish
}

const everything = '>'

/** What is wrong with it, as the end of a sentence that begins with which part. */
export function findRepublishProblem({ source = everything, dest }: Republish): string | undefined {
  const problem = findPatternProblem(source)
  if (problem) return `source ${problem}`
  return findTransformProblem({ source: keepsRest(dest) ? source : withoutRest(source), dest })
}

/** The subject that a change of the key is published under; `undefined` when it is not. */
export function publishedSubject(
  key: string,
  { source = everything, dest }: Republish,
): string | undefined {
  return transformSubject(key, { source, dest })
}

/** Whether any change may be published under a subject that the pattern matches. */
export function mayPublishUnder(pattern: string, { dest }: Republish): boolean {
  return overlap(dest.split('.').map(toWildcard), pattern.split('.'))
}

/** It less what is as good as left out. */
export function withoutRepublishDefaults(given: Republish): Republish {
  const { source, dest, headersOnly } = given
  return {
    ...(source !== undefined && source !== everything && { source }),
    dest,
    ...(headersOnly && { headersOnly }),
  }
}

export function isSameRepublish(left?: Republish, right?: Republish): boolean {
  return (
    left?.dest === right?.dest &&
    left?.source === right?.source &&
    left?.headersOnly === right?.headersOnly
  )
}

/**
 * The revision beyond which a bucket publishes by the new configuration, given that it has come to
 * `revision`; `undefined` when it does not.
 */
export function publishedSince(
  { republish }: Publishing,
  present: { readonly config: Publishing; readonly since: Revision | undefined },
  revision: Revision,
): Revision | undefined {
  if (!republish) return undefined
  return isSameRepublish(present.config.republish, republish) ? present.since : revision
}

/** A `>` in `source` alone: many subjects are published under one. */
function withoutRest(source: string): string {
  return source.replace(/>$/, 'rest')
}

function keepsRest(dest: string): boolean {
  return dest.split('.').at(-1) === everything
}

function toWildcard(token: string): string {
  return /^\{\{.*\}\}$|^\$\d+$/.test(token) ? '*' : token
}

function overlap(left: readonly string[], right: readonly string[]): boolean {
  const [first, ...restOfLeft] = left
  const [second, ...restOfRight] = right
  if (first === undefined || second === undefined) return first === second
  if (first === everything || second === everything) return true
  const isSame = first === second || first === '*' || second === '*'
  return isSame && overlap(restOfLeft, restOfRight)
}
