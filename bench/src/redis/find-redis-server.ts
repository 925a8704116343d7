import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { librariesOf, unpackDebianPackage } from './debian-package.ts'

/** A redis-server that runs on this machine. */
export interface RedisProgram {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly version: string
}

const cache = join(import.meta.dirname, '../../../.cache/redis-server')

let found: RedisProgram | undefined

/**
 * Finds the server that the bench compares with: the one that `REDIS_SERVER` names, the one on the
 * PATH, or Debian's, which is unpacked into the repository's cache on first use.
 *
 * @throws {Error} when there is none: a comparison never shrinks silently.
 */
export function findRedisServer(): RedisProgram {
  found ??= named() ?? runnable('redis-server') ?? unpacked() ?? download()
  return found
}

function named(): RedisProgram | undefined {
  const command = process.env.REDIS_SERVER
  if (!command) return undefined
  const program = runnable(command)
  if (program) return program
  throw new Error(`REDIS_SERVER names "${command}", which does not run as a redis-server.`)
}

function unpacked(): RedisProgram | undefined {
  const libraries = [...librariesOf(cache), process.env.LD_LIBRARY_PATH ?? '']
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.filter(Boolean).join(':') }
  return runnable(join(cache, 'usr/bin/redis-server'), env)
}

function download(): RedisProgram {
  const trouble = unpackDebianPackage('redis-server', cache)
  const program = trouble === undefined ? unpacked() : undefined
  if (program) return program
  throw new Error(
    `There is no redis-server to compare with (${trouble ?? "Debian's does not run here"}). ` +
      'Install it (on Debian: apt-get install redis-server), name it in REDIS_SERVER, ' +
      'or leave it out with --without-redis.',
  )
}

function runnable(command: string, env = process.env): RedisProgram | undefined {
  const { status, stdout } = spawnSync(command, ['--version'], { env, encoding: 'utf8' })
  const version = /\bv=([\d.]+)/.exec(stdout ?? '')?.[1]
  return status === 0 && version !== undefined ? { command, env, version } : undefined
}
