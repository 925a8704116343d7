import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchServer, startServer } from './server-process.ts'

const program = join(import.meta.dirname, '../../../packages/server/dist/cli/main.js')

interface KvasirServerOptions {
  readonly durability: 'durable' | 'relaxed'
  readonly on: 'unix' | 'tcp'
}

/**
 * Serves a directory with `kvasir serve`, as users do, on a Unix socket or any free port.
 *
 * @throws {Error} when it does not get ready.
 */
export async function startKvasirServer(
  directory: string,
  { durability, on }: KvasirServerOptions,
): Promise<BenchServer> {
  // Not in `directory`, which may be too long for a socket's path.
  const socketDirectory = on === 'unix' ? mkdtempSync(join(tmpdir(), 'kvasir-bench-')) : undefined
  const place =
    socketDirectory === undefined ? ['--port', '0'] : ['--unix-socket', join(socketDirectory, 's')]
  const durable = ['--durability', durability]
  const { ready, close } = await startServer({
    name: 'kvasir serve',
    command: process.execPath,
    env: process.env,
    flags: [program, 'serve', '--data', directory, ...place, '--no-auth', ...durable],
    readyPattern: /listening on (\S+)\n/,
    cleanUp: () => {
      if (socketDirectory !== undefined) rmSync(socketDirectory, { recursive: true, force: true })
    },
  })
  return { address: ready[1] ?? '', close }
}
