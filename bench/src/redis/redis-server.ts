import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedisServer } from './find-redis-server.ts'

const readyMsMax = 30_000
const closeMsMax = 30_000

export interface RedisServer {
  /** The path of its socket. */
  readonly address: string
  close(): Promise<void>
}

/**
 * Starts a server that nobody else sees, on a Unix socket, and keeps its append-only file in
 * `directory`. It ends with this process at the latest.
 *
 * @throws {Error} when there is no server, or it does not get ready.
 */
export async function startRedisServer(
  directory: string,
  appendfsync: 'always' | 'everysec',
): Promise<RedisServer> {
  const { command, env } = findRedisServer()
  // Not in `directory`, which may be too long for a socket's path.
  const socketDirectory = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
  const address = join(socketDirectory, 'redis')
  // The append-only file is what makes writes durable; snapshots would only disturb.
  const storage = ['--dir', directory, '--appendonly', 'yes', '--appendfsync', appendfsync]
  const flags = ['--port', '0', '--unixsocket', address, '--save', '', ...storage]
  const child = spawn(command, flags, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const cleanUp = (): void => {
    child.kill('SIGKILL')
    rmSync(socketDirectory, { recursive: true, force: true })
  }
  process.once('exit', cleanUp)

  const close = async (): Promise<void> => {
    await end(child)
    process.off('exit', cleanUp)
    cleanUp()
  }
  try {
    await untilReady(child)
  } catch (error) {
    await close()
    throw error
  }
  return { address, close }
}

/** Waits for the server's own word that it is ready. */
async function untilReady(child: ChildProcess): Promise<void> {
  let words = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new Error(`redis-server ${reason}. It said: ${words.slice(-500).trim()}`))
    }
    const timer = setTimeout(() => fail('did not get ready'), readyMsMax)
    const settled = (settle: () => void) => (): void => {
      clearTimeout(timer)
      settle()
    }
    const listen = (chunk: Buffer): void => {
      words += chunk
      if (/ready to accept connections/i.test(words)) settled(resolve)()
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('error', (error) => settled(() => fail(`did not start (${error.message})`))())
    child.once(
      'exit',
      settled(() => fail('ended at once')),
    )
  })
  // Nobody listens any more, yet what it says has to go somewhere.
  child.stdout?.removeAllListeners('data').resume()
  child.stderr?.removeAllListeners('data').resume()
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const timer = setTimeout(() => child.kill('SIGKILL'), closeMsMax)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(timer)
}
