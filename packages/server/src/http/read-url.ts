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
export function queryOf({ req }: AppContext): Record<string, string> {
  const [, query = ''] = withoutFragment(req.url).split(/\?(.*)/s)
  const parameters = new Map<string, string>()
  for (const part of query.split('&').filter((part) => part !== '')) {
    const [rawName = '', rawValue = ''] = part.split(/=(.*)/s)
    const name = decode(rawName.replaceAll('+', ' '), 'query')
    if (parameters.has(name)) {
      throw invalidArgument(`The query has ${JSON.stringify(name.slice(0, 100))} twice.`)
    }
    const what = name === 'key' ? 'key' : 'query'
    parameters.set(name, decode(rawValue.replaceAll('+', ' '), what))
  }
  return Object.fromEntries(parameters)
}

/** The key in the last segment of the path, as the client encoded it. */
export function keyInPath({ req }: AppContext): string {
  const [path = ''] = withoutFragment(req.url).split('?')
  return decode(path.slice(path.lastIndexOf('/') + 1), 'key')
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#')
  return hash < 0 ? url : url.slice(0, hash)
}

function decode(text: string, what: 'key' | 'query'): string {
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
