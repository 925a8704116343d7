import type { Untyped } from './untyped.ts'

/**
 * What a function uses of Express 5's request. The real one has more; see `FunctionHandler` for how
 * to get its type. Nothing here has been checked by anybody: it is what a client has sent.
 */
export interface FunctionRequest {
  readonly method: string
  /** The path, with the name of the file: `/flags/newUI` for `flags.js`. */
  readonly path: string
  /** What stands before `path` in the address: `''`, unless the host is mounted somewhere. */
  readonly baseUrl: string
  readonly originalUrl: string
  /** A name that comes twice is an array. */
  readonly query: Readonly<Record<string, string | string[] | undefined>>
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** JSON, a form or text, parsed; `{}` when there is none. */
  readonly body: Untyped
  /** `{}` when there are none. */
  readonly cookies: Untyped
  /** The address of the client; behind a proxy, the proxy's. */
  readonly ip: string | undefined
  readonly hostname: string
  readonly protocol: string
  /** A header, by its name in any case. */
  get(name: string): string | undefined
  /** The media type if the body is of that type: `req.is('json')`. */
  is(type: string | string[]): string | false | null
  /** The best of these types for the client's `Accept`, or `false`. */
  accepts(...types: string[]): string | string[] | false
  on(event: string, listener: (...given: Untyped[]) => void): unknown
}
