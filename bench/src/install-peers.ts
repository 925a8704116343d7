import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './progress.ts'

const directory = join(import.meta.dirname, '../peers')
const installFlags = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']

// The binary of sqlite3 is the one thing here that no package brings along: its install script
// downloads it, or compiles it where there is nothing to download.
const compiled = 'sqlite3'

/**
 * Installs the stores to compare with, unless they are there: in a folder of their own, so that the
 * repository's installation stays small. Answers the versions of those that can be loaded; of the
 * others it tells, and so do the stores that need them.
 */
export function installPeers(): Record<string, string> {
  const wanted = readManifest(directory).dependencies ?? {}
  const missing = Object.keys(wanted).filter((name) => versionOf(name) !== wanted[name])
  if (missing.length > 0) {
    say(`installing the stores to compare with: ${missing.join(', ')} (once, about 10 s)`)
    npm([...installFlags, '--loglevel=error'])
  }
  if (!canLoad(compiled)) {
    say(`building ${compiled}, which keyv needs (once, up to two minutes)`)
    npm(['rebuild', compiled, '--ignore-scripts=false', '--loglevel=error'])
  }
  const broken = [...Object.keys(wanted), compiled].filter((name) => !canLoad(name))
  if (broken.length > 0) {
    say(
      `cannot be loaded from bench/peers, and LEFT OUT with whoever needs them: ${broken.join(', ')}`,
    )
  }
  const versions = Object.entries({ ...wanted, [compiled]: versionOf(compiled) ?? '' })
  return Object.fromEntries(versions.filter(([name]) => !broken.includes(name)))
}

function versionOf(name: string): string | undefined {
  const folder = join(directory, 'node_modules', name)
  return existsSync(folder) ? readManifest(folder).version : undefined
}

interface Manifest {
  readonly version?: string
  readonly dependencies?: Record<string, string>
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Tries in a process of its own, because a process remembers what it failed to load. */
function canLoad(name: string): boolean {
  const script = `await import(${JSON.stringify(name)}); process.exit(0)`
  const flags = ['--input-type=module', '--eval', script]
  return spawnSync(process.execPath, flags, { cwd: directory, stdio: 'ignore' }).status === 0
}

function npm(flags: readonly string[]): void {
  const cli = process.env.npm_execpath
  // Under `npm run` npm tells where it is; by hand it has to be looked for.
  const isKnown = cli?.endsWith('.js')
  const command = isKnown ? process.execPath : 'npm'
  const { status } = spawnSync(command, isKnown ? [cli as string, ...flags] : [...flags], {
    cwd: directory,
    stdio: ['ignore', 2, 2],
    shell: !isKnown && process.platform === 'win32',
  })
  if (status !== 0) {
    say(`npm ${flags.slice(0, 2).join(' ')} failed in bench/peers; its words are above.`)
  }
}
