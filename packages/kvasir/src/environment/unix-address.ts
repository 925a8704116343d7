// The address of a server on this machine that listens on a Unix socket: `unix:` and a path.
import { resolve } from 'node:path'
import { KvasirError } from '../errors/kvasir-error.ts'

/** What the system has room for, without the byte that ends a path: `sun_path` of `unix(7)`. */
const pathBytesMax = process.platform === 'linux' ? 107 : 103

/**
 * The path of a Unix socket, absolute. What stands behind `unix:` is the path as it is; only a
 * `URL` has it encoded.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when there can be no socket, here or at all.
 */
export function unixPathOf(location: string | URL): string {
  if (process.platform === 'win32') {
    throw invalid(
      'Servers on Windows listen on no Unix socket. Give the http(s) address of the server.',
    )
  }
  const given =
    typeof location === 'string'
      ? location.slice('unix:'.length)
      : decodeURIComponent(location.pathname)
  if (given === '' || given.includes('\0')) {
    throw invalid('The address of a Unix socket is its path, such as "unix:/run/kvasir.sock".')
  }
  const path = resolve(given)
  const pathBytes = new TextEncoder().encode(path).length
  if (pathBytes <= pathBytesMax) return path
  throw invalid(
    `The path of a Unix socket has ${pathBytesMax} bytes at most, and ${JSON.stringify(path)} has ${pathBytes}. Let the server listen in a directory with a shorter name.`,
    { pathBytes, pathBytesMax },
  )
}

function invalid(message: string, details = {}): KvasirError {
  return new KvasirError('KV_INVALID_LOCATION', message, { outcome: 'not-applied', details })
}
