// The address of a server on this machine that listens on a Unix socket: `unix:` and a path.
import { KvasirError } from '../errors/kvasir-error.ts'
import { unixSocketPath } from './unix-path.ts'

const code = 'KV_INVALID_LOCATION'

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
  const advice = 'Let the server listen in a directory with a shorter name.'
  return unixSocketPath(given, { code, advice })
}

function invalid(message: string): KvasirError {
  return new KvasirError(code, message, { outcome: 'not-applied' })
}
