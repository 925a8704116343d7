/**
 * Keys as subjects: tokens with dots between them. In a pattern `*` stands for any one token, and
 * `>` at the end for one or more. Keys may be any text, so that their tokens may be empty.
 */

/** Gives subjects that a pattern matches another name. */
export interface SubjectTransform {
  /** Which subjects: a pattern. */
  readonly source: string
  /**
   * What becomes of them: `{{wildcard(1)}}` or `$1` is what the first `*` stood for, and a `>` at
   * the end what the one at the end of `source` stood for.
   */
  readonly dest: string
}

const everything = '>'
const oneToken = '*'

/** What is wrong with a pattern, as the end of a sentence about it; `undefined`: nothing. */
export function findPatternProblem(pattern: string): string | undefined {
  const tokens = pattern.split('.')
  if (tokens.includes('')) return 'has an empty token; dots stand between two tokens'
  const early = tokens.slice(0, -1).includes(everything)
  if (early) return 'has a > that is not at its end'
  const isMixed = tokens.some((token) => token.length > 1 && /[*>]/.test(token))
  return isMixed ? 'has a * or > within a token; a wildcard stands for whole tokens' : undefined
}

/** What is wrong with a transform, as the end of a sentence that begins with which part. */
export function findTransformProblem({ source, dest }: SubjectTransform): string | undefined {
  const problem = findPatternProblem(source)
  if (problem) return `source ${problem}`
  const from = source.split('.')
  const to = dest.split('.')
  if (to.includes('')) return 'dest has an empty token; dots stand between two tokens'
  if ((from.at(-1) === everything) !== (to.at(-1) === everything)) {
    return 'dest ends with > if and only if source does'
  }
  const wildcards = from.filter((token) => token === oneToken).length
  const fixed = to.at(-1) === everything ? to.slice(0, -1) : to
  return fixed
    .map((token) => findTokenProblem(token, wildcards))
    .find((found) => found !== undefined)
}

export function matchesPattern(subject: string, pattern: string): boolean {
  return capture(subject, pattern) !== undefined
}

/** The new name of a subject; `undefined` when the transform is not for it. */
export function transformSubject(subject: string, transform: SubjectTransform): string | undefined {
  const captured = capture(subject, transform.source)
  if (!captured) return undefined
  const tokens = transform.dest.split('.').flatMap((token, index, all) => {
    if (token === everything && index === all.length - 1) return captured.rest
    const number = numberOfWildcard(token)
    return number === undefined ? [token] : [captured.wildcards[number - 1] ?? '']
  })
  return tokens.join('.')
}

interface Captured {
  readonly wildcards: readonly string[]
  readonly rest: readonly string[]
}

function capture(subject: string, pattern: string): Captured | undefined {
  const tokens = subject.split('.')
  const wanted = pattern.split('.')
  const hasRest = wanted.at(-1) === everything
  const fixed = hasRest ? wanted.slice(0, -1) : wanted
  const isLength = hasRest ? tokens.length > fixed.length : tokens.length === fixed.length
  const isMatch = fixed.every((token, index) => token === oneToken || token === tokens[index])
  if (!isLength || !isMatch) return undefined
  return {
    wildcards: tokens.filter((_, index) => fixed[index] === oneToken),
    rest: tokens.slice(fixed.length),
  }
}

function findTokenProblem(token: string, wildcards: number): string | undefined {
  const number = numberOfWildcard(token)
  if (number === undefined) {
    if (/[*>]/.test(token)) return 'dest has a wildcard; {{wildcard(1)}} is what the first * was'
    return /\{\{|\}\}/.test(token)
      ? 'dest has something in {{ }} other than {{wildcard(n)}} as a whole token'
      : undefined
  }
  if (number >= 1 && number <= wildcards) return undefined
  return `dest names wildcard ${number}, and source has ${wildcards}`
}

function numberOfWildcard(token: string): number | undefined {
  const found = /^\{\{\s*wildcard\s*\(\s*(\d+)\s*\)\s*\}\}$/i.exec(token) ?? /^\$(\d+)$/.exec(token)
  return found ? Number(found[1]) : undefined
}
