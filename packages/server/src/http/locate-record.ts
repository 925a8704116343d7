import { keyInPath, queryWithListOf } from './read-url.ts'
import type { AppContext } from './route.ts'
import { invalidArgument } from './shape.ts'

/** What the URL of a request on a record says. */
export interface LocatedRecord {
  readonly key: string
  /** The values of the parameter that may be repeated. */
  readonly list: readonly string[]
  /** The other parameters, without the key. */
  readonly query: Readonly<Record<string, string>>
}

/** A pattern of URLs of records, and how to read them. */
export interface RecordPlace {
  readonly path: string
  /** `isOperation`: an operation stands behind the pattern; `repeatable` names a parameter. */
  readonly locate: (
    context: AppContext,
    options: { readonly repeatable?: string; readonly isOperation?: true },
  ) => LocatedRecord
}

/** The key in the path, for people, and in the query, for programs. */
export const recordPlaces: readonly RecordPlace[] = [
  {
    path: '/v1/buckets/:bucket/records/:key',
    locate: (context, { repeatable, isOperation }) => {
      const key = keyInPath(context, isOperation ? 1 : 0)
      const { list, rest } = queryWithListOf(context, repeatable)
      return { key, list, query: rest }
    },
  },
  {
    path: '/v1/buckets/:bucket/record',
    locate: (context, { repeatable }) => {
      const { list, rest } = queryWithListOf(context, repeatable)
      const { key, ...query } = rest
      if (key === undefined) throw invalidArgument('The query lacks key.')
      return { key, list, query }
    },
  },
]
