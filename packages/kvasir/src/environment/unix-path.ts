// Where a Unix socket can be: for servers that listen on one, and for those who go there.
import { resolve } from 'node:path'
import type { ErrorCode } from '../errors/error-codes.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/** What the system has room for, without the byte that ends a path: `sun_path` of `unix(7)`. */
const pathBytesMax = process.platform === 'linux' ? 107 : 103

export interface TooLong {
  readonly code: ErrorCode
  /** A sentence that says what to do. */
  readonly advice: string
}

/**
 * The absolute path of a Unix socket: at most 107 bytes on Linux, 103 elsewhere.
 *
 * @throws {KvasirError} what `tooLong` says, when the system has no room for it.
 */
export function unixSocketPath(given: string, { code, advice }: TooLong): string {
  const path = resolve(given)
  const pathBytes = new TextEncoder().encode(path).length
  if (pathBytes <= pathBytesMax) return path
  throw new KvasirError(
    code,
    `The path of a Unix socket has ${pathBytesMax} bytes at most, and ${JSON.stringify(path)} has ${pathBytes}. ${advice}`,
    { outcome: 'not-applied', details: { pathBytes, pathBytesMax } },
  )
}
