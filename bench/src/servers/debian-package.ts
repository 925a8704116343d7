import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { say } from '../progress.ts'

const aptGet = 'apt-get'

export interface DebianPackage {
  readonly name: string
  /**
   * Takes it from this suite, alone: for what the machine's own Debian has too old, and needs no
   * libraries of that suite. Default: the machine's own, with all that is not installed.
   */
  readonly suite?: string
}

/**
 * Unpacks a package of Debian, and what it needs beyond what is installed, into a directory. The
 * machine's package lists, caches and packages stay as they are, and no rights are needed.
 *
 * @returns what went wrong, if anything did.
 */
export function unpackDebianPackage(
  { name, suite }: DebianPackage,
  directory: string,
): string | undefined {
  if (!runs(aptGet, ['--version'])) return 'this machine has no apt-get'
  say(`downloading Debian's ${name} (once, a few seconds)`)
  const place = `${directory}.new`
  rmSync(place, { recursive: true, force: true })
  try {
    const settings = writeSettings(join(place, 'apt'), suite)
    if (settings === undefined) return 'apt-get knows of no Debian mirror'
    const archives = join(place, 'apt/cache/archives')
    const apt = (...words: string[]) =>
      runs(aptGet, ['-c', settings, '-qq', ...words], { cwd: archives })
    if (!apt('update')) return 'apt-get update failed; its words are above'
    const wanted = ['--yes', '--no-install-recommends', '--download-only', 'install', name]
    const isThere = suite === undefined ? apt(...wanted) : apt('download', name)
    if (!isThere) return `apt-get found no ${name}; its words are above`
    const broken = archivesIn(archives).find((archive) => {
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
function writeSettings(directory: string, suite: string | undefined): string | undefined {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(directory, folder), { recursive: true })
  }
  const sources = suite === undefined ? {} : writeSources(directory, suite)
  if (sources === undefined) return undefined
  const path = join(directory, 'apt.conf')
  const settings = {
    ...sources,
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

/** Names the suite as the only source, at the mirror that the machine uses. */
function writeSources(directory: string, suite: string): Record<string, string> | undefined {
  const flags = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']
  const { stdout } = spawnSync(aptGet, flags, { encoding: 'utf8' })
  const mirror = stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri))
  if (mirror === undefined) return undefined
  const path = join(directory, 'sources.list')
  writeFileSync(path, `deb ${mirror} ${suite} main\n`)
  return { 'Dir::Etc::sourcelist': path, 'Dir::Etc::sourceparts': '/dev/null' }
}

function archivesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(directory, name))
}

function runs(command: string, flags: readonly string[], place: { cwd?: string } = {}): boolean {
  return spawnSync(command, flags, { ...place, stdio: ['ignore', 'ignore', 2] }).status === 0
}
