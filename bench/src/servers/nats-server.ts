import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findServer, natsKind } from './find-server.ts'
import { type BenchServer, startServer } from './server-process.ts'

/**
 * Starts a server with JetStream on any free port of this machine, which keeps its streams in
 * `directory`.
 *
 * @param syncInterval `always` syncs before it acknowledges; `2m` is the server's own default.
 * @throws {Error} when there is no server, or it does not get ready.
 */
export async function startNatsServer(
  directory: string,
  syncInterval: 'always' | '2m',
): Promise<BenchServer> {
  const { command, env } = findServer(natsKind)
  const config = join(directory, 'nats.conf')
  // JSON is a form that its configuration may have.
  const jetstream = { store_dir: join(directory, 'streams'), sync_interval: syncInterval }
  writeFileSync(config, JSON.stringify({ listen: '127.0.0.1:-1', jetstream }))
  const { ready, close } = await startServer({
    name: natsKind.name,
    command,
    env,
    flags: ['--config', config],
    readyPattern: /client connections on (\S+)[\s\S]*Server is ready/,
  })
  return { address: ready[1] ?? '', close }
}
