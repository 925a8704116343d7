import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { say } from '../progress.ts'

/**
 * Unpacks a package of the machine's own Debian, and what it needs beyond what is installed, into a
 * directory. The machine's package lists, caches and packages stay as they are, and no rights are
 * needed.
 *
 * @returns what went wrong, if anything did.
 */
export function unpackDebianPackage(name: string, directory: string): string | undefined {
  if (!runs('apt-get', ['--version'])) return 'this machine has no apt-get'
  say(`downloading Debian's ${name} (once, a few seconds)`)
  const place = `${directory}.new`
  rmSync(place, { recursive: true, force: true })
  try {
    const settings = writeSettings(join(place, 'apt'))
    const apt = (...words: string[]) => runs('apt-get', ['-c', settings, '-qq', ...words])
    if (!apt('update')) return 'apt-get update failed; its words are above'
    const wanted = ['--yes', '--no-install-recommends', '--download-only', 'install', name]
    if (!apt(...wanted)) return `apt-get found no ${name}; its words are above`
    const broken = archivesIn(join(place, 'apt')).find((archive) => {
      return !runs('dpkg', ['-x', archive, join(place, 'root')])
    })
    if (broken !== undefined) return `dpkg could not unpack ${broken}`
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(dirname(directory), { recursive: true })
    renameSync(join(place, 'root'), directory)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
  return undefined
}

/** Where the libraries are that came with an unpacked package. */
export function librariesOf(directory: string): string[] {
  const parents = [join(directory, 'usr/lib'), join(directory, 'lib')].filter(existsSync)
  const nested = parents.flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(parent, name)),
  )
  return [...parents, ...nested]
}

/** Has apt keep everything in a directory, and run none of the machine's hooks. */
function writeSettings(directory: string): string {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(directory, folder), { recursive: true })
  }
  const path = join(directory, 'apt.conf')
  const settings = {
    'Dir::State': join(directory, 'state'),
    'Dir::Cache': join(directory, 'cache'),
    'Dir::Log': join(directory, 'log'),
    'APT::Sandbox::User': userInfo().username,
    // The locks are the machine's; whatever this writes is its own.
    'Debug::NoLocking': 'true',
  }
  const hooks = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke']
  const cleared = [...hooks, 'APT::Update::Post-Invoke-Success'].map((hook) => `#clear ${hook};`)
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";`)
  writeFileSync(path, `${[...lines, ...cleared].join('\n')}\n`)
  return path
}

function archivesIn(directory: string): string[] {
  const archives = join(directory, 'cache/archives')
  return readdirSync(archives)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(archives, name))
}

function runs(command: string, flags: readonly string[]): boolean {
  return spawnSync(command, flags, { stdio: ['ignore', 'ignore', 2] }).status === 0
}
