import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type DebianPackage, librariesOf, unpackDebianPackage } from './debian-package.ts'

/** A server that the bench compares with, and that npm does not install. */
export interface ServerKind {
  readonly name: string
  /** The variable that names a program to take instead of any other. */
  readonly variable: string
  /** What it answers to `--version`, with the version as its first group. */
  readonly versionPattern: RegExp
  /** An older one is taken for none. */
  readonly versionMin: readonly [major: number, minor: number]
  readonly debian: DebianPackage
  /** Where the program is in its package. */
  readonly path: string
  /** The option that leaves it out, if there is one. */
  readonly option?: string
}

/** A server that runs on this machine. */
export interface ServerProgram {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly version: string
}

export const redisKind: ServerKind = {
  name: 'redis-server',
  variable: 'REDIS_SERVER',
  versionPattern: /\bv=([\d.]+)/,
  versionMin: [6, 0],
  debian: { name: 'redis-server' },
  path: 'usr/bin/redis-server',
  option: '--without-redis',
}

export const natsKind: ServerKind = {
  name: 'nats-server',
  variable: 'NATS_SERVER',
  versionPattern: /\bv([\d.]+)/,
  // What stable distributions have is far older, and would be no fair peer.
  versionMin: [2, 12],
  debian: { name: 'nats-server', suite: 'sid' },
  path: 'usr/sbin/nats-server',
  option: '--without-nats',
}

export const postgresKind: ServerKind = {
  name: 'postgres',
  variable: 'POSTGRES_SERVER',
  versionPattern: /\(PostgreSQL\) ([\d.]+)/,
  versionMin: [13, 0],
  debian: { name: 'postgresql-15' },
  path: 'usr/lib/postgresql/15/bin/postgres',
}

const cache = join(import.meta.dirname, '../../../.cache')
const found = new Map<string, ServerProgram>()

/**
 * Finds a server: the one that its variable names, the one on the PATH, or Debian's, which is
 * unpacked into the repository's cache on first use.
 *
 * @throws {Error} when there is none: a comparison never shrinks silently.
 */
export function findServer(kind: ServerKind): ServerProgram {
  const known = found.get(kind.name)
  if (known) return known
  const program = named(kind) ?? runnable(kind, kind.name) ?? unpacked(kind) ?? download(kind)
  found.set(kind.name, program)
  return program
}

function named(kind: ServerKind): ServerProgram | undefined {
  const { name, variable, versionMin } = kind
  const command = process.env[variable]
  if (!command) return undefined
  const program = runnable(kind, command)
  if (program) return program
  throw new Error(
    `${variable} names "${command}", which does not run as a ${name} of at least ${versionMin.join('.')}.`,
  )
}

function unpacked(kind: ServerKind): ServerProgram | undefined {
  const root = join(cache, kind.name)
  const libraries = [...librariesOf(root), process.env.LD_LIBRARY_PATH ?? '']
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.filter(Boolean).join(':') }
  return runnable(kind, join(root, kind.path), env)
}

function download(kind: ServerKind): ServerProgram {
  const { name, variable, versionMin, debian, option } = kind
  const trouble = unpackDebianPackage(debian, join(cache, name))
  const program = trouble === undefined ? unpacked(kind) : undefined
  if (program) return program
  throw new Error(
    `There is no ${name} to compare with (${trouble ?? "Debian's does not run here"}). ` +
      `Install ${versionMin.join('.')} or newer, or name it in ${variable}` +
      `${option === undefined ? '' : `, or leave it out with ${option}`}.`,
  )
}

function runnable(
  { versionPattern, versionMin }: ServerKind,
  command: string,
  env = process.env,
): ServerProgram | undefined {
  const { status, stdout } = spawnSync(command, ['--version'], { env, encoding: 'utf8' })
  const version = versionPattern.exec(stdout ?? '')?.[1]
  if (status !== 0 || version === undefined) return undefined
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [majorMin, minorMin] = versionMin
  const isNewEnough = major > majorMin || (major === majorMin && minor >= minorMin)
  return isNewEnough ? { command, env, version } : undefined
}
