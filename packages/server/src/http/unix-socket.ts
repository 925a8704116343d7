/** Listening on a Unix socket: its path, what a killed server left there, and who may connect. */
import cluster from 'node:cluster'
import { lstat, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { KvasirError } from 'kvasir'
import { unixSocketPath } from 'kvasir/protocol'

export interface UnixSocketOptions {
  /** Where its file is made; at most 107 bytes on Linux, 103 elsewhere. */
  readonly path: string
  /** The permissions of the file; whoever may write it may connect. Default: 0o600. */
  readonly mode?: number
}

const unixSocketModeDefault = 0o600
const code = 'KV_INVALID_ARGUMENT'

/**
 * Resolves with the address once the server listens. Its file goes away with the server.
 *
 * @throws {KvasirError} as `clearUnixSocket`; `KV_INVALID_ARGUMENT` when there can be no file.
 */
export async function listenOnUnixSocket(
  server: Server,
  { path: given, mode = unixSocketModeDefault }: UnixSocketOptions,
): Promise<string> {
  const path = checkedPath(given)
  // A worker shares what the process over it has made, and that has cleared the way.
  if (cluster.isPrimary) await clearUnixSocket(path)
  await new Promise<void>((done, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      reject(cause.code === 'EADDRINUSE' ? inUse(path, cause) : unusable(path, cause))
    }
    server.once('error', onError)
    const listen = (): void => {
      server.listen({ path }, () => {
        server.off('error', onError)
        done()
      })
    }
    // The file is made in here, and nobody else may connect for even a moment.
    withFileMode(mode, listen)
  })
  return `unix:${path}`
}

/**
 * Removes the socket of a server that was killed.
 *
 * @throws {KvasirError} `KV_PORT_IN_USE` when a server listens there; `KV_INVALID_ARGUMENT` when the
 * file is no socket, or none that could be used.
 */
export async function clearUnixSocket(given: string): Promise<void> {
  const path = checkedPath(given)
  const found = await lstat(path).catch(() => undefined) // What else is wrong, listening says.
  if (!found) return
  if (!found.isSocket()) {
    throw invalid(`${show(path)} is there already, and is no socket. Choose another path.`)
  }
  const failure = await failureToConnect(path)
  if (failure?.code === 'ENOENT') return // It went away meanwhile.
  if (failure?.code !== 'ECONNREFUSED') throw inUse(path, failure)
  // Whoever was quicker has made another one by now, which is not for us to remove.
  const now = await lstat(path).catch(() => undefined)
  if (now?.ino === found.ino && now.dev === found.dev) await unlink(path)
}

/** Does something at once, during which files are made with these permissions. */
function withFileMode<Result>(mode: number, make: () => Result): Result {
  const before = process.umask(0o777 & ~mode)
  try {
    return make()
  } finally {
    process.umask(before)
  }
}

function failureToConnect(path: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((done) => {
    const socket = connect(path, () => {
      socket.destroy()
      done(undefined)
    })
    socket.once('error', done)
  })
}

function checkedPath(given: string): string {
  if (process.platform === 'win32') {
    throw invalid('Windows has no Unix sockets for a server. Listen on a port: --host and --port.')
  }
  if (given === '' || given.includes('\0')) throw invalid('A Unix socket needs a path.')
  const advice = 'Choose a directory with a shorter name, such as /run or /tmp.'
  return unixSocketPath(given, { code, advice })
}

function inUse(path: string, cause: Error | undefined): KvasirError {
  return new KvasirError(
    'KV_PORT_IN_USE',
    `A program listens on the Unix socket ${show(path)}. Stop it, or choose another path.`,
    { details: { path }, cause },
  )
}

function unusable(path: string, cause: NodeJS.ErrnoException): KvasirError {
  return new KvasirError(
    code,
    `The server cannot listen on the Unix socket ${show(path)} (${cause.code}). See that its directory is there and may be written to, or choose another path.`,
    { details: { path }, cause },
  )
}

function invalid(message: string): KvasirError {
  return new KvasirError(code, message, { outcome: 'not-applied' })
}

function show(path: string): string {
  return JSON.stringify(path)
}
