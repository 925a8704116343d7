import { KvasirError } from 'kvasir'
import type { z } from 'zod'
import type { AppContext } from './route.ts'
import { invalidArgument, parseShape } from './shape.ts'

/**
 * The query as the schema says. Read from the URL itself, because frameworks decode leniently and
 * would let a malformed key through as another one.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_KEY`
 */
export function readQuery<Shape>(context: AppContext, schema: z.ZodType<Shape>): Shape {
  return parseShape(schema, queryOf(context), 'The query')
}

/** The parameters of the query, each at most once. */
export function queryOf(context: AppContext): Record<string, string> {
  return withoutRepetition(parametersOf(context))
}

/** As `queryOf`, with one parameter apart that may be repeated. */
export function queryWithListOf(
  context: AppContext,
  repeatable: string | undefined,
): { list: string[]; rest: Record<string, string> } {
  const parameters = parametersOf(context)
  const isListed = ([name]: Parameter): boolean => name === repeatable
  return {
    list: parameters.filter(isListed).map(([, value]) => value),
    rest: withoutRepetition(parameters.filter((parameter) => !isListed(parameter))),
  }
}

/**
 * The key in the path, as the client encoded it: its last segment, or one that stands so many
 * segments before.
 */
export function keyInPath({ req }: AppContext, segmentsAfter = 0): string {
  const [path = ''] = withoutFragment(req.url).split('?')
  return decode(path.split('/').at(-1 - segmentsAfter) ?? '', 'key')
}

/** The subject in the path: its last segment. */
export function subjectInPath({ req }: AppContext): string {
  const [path = ''] = withoutFragment(req.url).split('?')
  return decode(path.split('/').at(-1) ?? '', 'subject')
}

type Parameter = readonly [name: string, value: string]

function parametersOf({ req }: AppContext): Parameter[] {
  const [, query = ''] = withoutFragment(req.url).split(/\?(.*)/s)
  const parts = query.split('&').filter((part) => part !== '')
  return parts.map((part) => {
    const [rawName = '', rawValue = ''] = part.split(/=(.*)/s)
    const name = decode(rawName.replaceAll('+', ' '), 'query')
    const what = name === 'key' ? 'key' : 'query'
    return [name, decode(rawValue.replaceAll('+', ' '), what)]
  })
}

function withoutRepetition(parameters: readonly Parameter[]): Record<string, string> {
  const names = new Set<string>()
  for (const [name] of parameters) {
    if (names.has(name)) {
      throw invalidArgument(`The query has ${JSON.stringify(name.slice(0, 100))} twice.`)
    }
    names.add(name)
  }
  return Object.fromEntries(parameters)
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#')
  return hash < 0 ? url : url.slice(0, hash)
}

function decode(text: string, what: 'key' | 'query' | 'subject'): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new KvasirError(
      what === 'key' ? 'KV_INVALID_KEY' : 'KV_INVALID_ARGUMENT',
      `The ${what} in the URL is not percent-encoded UTF-8. Encode it with encodeURIComponent or the like.`,
      { outcome: 'not-applied', cause },
    )
  }
}
