import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServer, redisKind } from './find-server.ts'
import { type BenchServer, startServer } from './server-process.ts'

/**
 * Starts a server that nobody else sees, on a Unix socket, and keeps its append-only file in
 * `directory`.
 *
 * @throws {Error} when there is no server, or it does not get ready.
 */
export async function startRedisServer(
  directory: string,
  appendfsync: 'always' | 'everysec',
): Promise<BenchServer> {
  const { command, env } = findServer(redisKind)
  // Not in `directory`, which may be too long for a socket's path.
  const socketDirectory = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
  const address = join(socketDirectory, 'redis')
  // The append-only file is what makes writes durable; snapshots would only disturb.
  const storage = ['--dir', directory, '--appendonly', 'yes', '--appendfsync', appendfsync]
  const { close } = await startServer({
    name: redisKind.name,
    command,
    env,
    flags: ['--port', '0', '--unixsocket', address, '--save', '', ...storage],
    readyPattern: /ready to accept connections/i,
    cleanUp: () => rmSync(socketDirectory, { recursive: true, force: true }),
  })
  return { address, close }
}
