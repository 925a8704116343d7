import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRemoteStore } from '../../../packages/kvasir/src/client.ts'
import { loadSqliteDriver } from '../../../packages/kvasir/src/engines/sqlite/sqlite-driver.ts'
import { bundleProgram } from '../build-tools.ts'
import { checkTables } from '../workload/check-tables.ts'
import { openLaneBuckets } from '../workload/lane-buckets.ts'
import { endProcess } from './end-process.ts'
import type { Victim } from './victim.ts'

const server = new URL('../../../packages/server/', import.meta.url)

export interface ServerOptions {
  readonly directory: string
  readonly port: number
  /** How long clients repeat what is not answered. */
  readonly retryMs: number
}

/** Runs `kvasir serve` on a data directory; the store is reached over HTTP. */
export async function startServerProcess(options: ServerOptions): Promise<Victim> {
  const { directory, port, retryMs } = options
  const program = await bundleServer()
  const argv = ['serve', '--data', directory, '--port', `${port}`, '--no-auth']
  const child = spawn(process.execPath, [program, ...argv, '--log-level', 'silent'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await Promise.race([
    once(child.stdout, 'data'), // It says that it listens.
    ended.then(([code]) => {
      throw new Error(`The server ended with ${code} before it listened: ${said}`)
    }),
  ])
  const store = openRemoteStore(`http://127.0.0.1:${port}`, { retryMs })
  const end = (by: 'SIGKILL' | 'SIGTERM') => () => endProcess(child, { by, said: () => said })
  const buckets = await openLaneBuckets(store.project('shop'))
  return {
    buckets,
    checkTables: async () => checkTables(directory, await loadSqliteDriver()),
    kill: end('SIGKILL'),
    close: end('SIGTERM'),
  }
}

/** A port that is free now; servers are started on it again and again. */
export async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  listening.close()
  await once(listening, 'close')
  return port
}

let bundling: Promise<string> | undefined

function bundleServer(): Promise<string> {
  bundling ??= bundleWithVersion()
  return bundling
}

async function bundleWithVersion(): Promise<string> {
  const program = await bundleProgram(new URL('src/cli/main.ts', server))
  // The program reads its version from the folder above its own.
  const above = dirname(dirname(program))
  await copyFile(fileURLToPath(new URL('package.json', server)), join(above, 'package.json'))
  return program
}
