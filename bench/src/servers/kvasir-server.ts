import { join } from 'node:path'
import { type BenchServer, startServer } from './server-process.ts'

const program = join(import.meta.dirname, '../../../packages/server/dist/cli/main.js')

/**
 * Serves a directory with `kvasir serve`, as users do, on any free port of this machine.
 *
 * @throws {Error} when it does not get ready.
 */
export async function startKvasirServer(
  directory: string,
  durability: 'durable' | 'relaxed',
): Promise<BenchServer> {
  const place = ['--data', directory, '--port', '0', '--no-auth', '--durability', durability]
  const { ready, close } = await startServer({
    name: 'kvasir serve',
    command: process.execPath,
    env: process.env,
    flags: [program, 'serve', ...place],
    readyPattern: /listening on (\S+)\n/,
  })
  return { address: ready[1] ?? '', close }
}
