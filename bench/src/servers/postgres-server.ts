import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findServer, postgresKind } from './find-server.ts'
import { type BenchServer, startServer } from './server-process.ts'

/**
 * Starts a server that nobody else sees, on a Unix socket. Its directory is a temporary one, since
 * PostgreSQL refuses to run as root, and another user may not get to the repository's.
 *
 * @throws {Error} when there is no server, or it does not get ready.
 */
export async function startPostgresServer(): Promise<BenchServer> {
  const { command, env } = findServer(postgresKind)
  const place = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
  const cleanUp = (): void => rmSync(place, { recursive: true, force: true })
  try {
    const user = ordinaryUser()
    const data = join(place, 'data')
    mkdirSync(data, { mode: 0o700 })
    if (user) for (const path of [place, data]) chownSync(path, user.uid, user.gid)
    create(data, { command, env, user })
    const settings = ['listen_addresses=', `unix_socket_directories=${place}`]
    const { close } = await startServer({
      name: postgresKind.name,
      command,
      env,
      flags: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      readyPattern: /ready to accept connections/,
      cleanUp,
      ...(user && { user }),
    })
    return { address: `postgresql://bench@localhost/postgres?host=${place}`, close }
  } catch (error) {
    cleanUp()
    throw error
  }
}

interface User {
  readonly uid: number
  readonly gid: number
}

/** Whom to run it as; nobody else when we are ordinary users ourselves. */
function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

interface Creation {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly user: User | undefined
}

function create(data: string, { command, env, user }: Creation): void {
  const initdb = command.includes('/') ? join(dirname(command), 'initdb') : 'initdb'
  const flags = ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  const { status, stderr } = spawnSync(initdb, flags, { env, encoding: 'utf8', cwd: '/', ...user })
  if (status !== 0) throw new Error(`initdb failed: ${(stderr ?? '').slice(-500).trim()}`)
}
