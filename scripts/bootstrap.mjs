// Makes a fresh clone ready: installs what package-lock.json asks for and is not there, and, for
// `npm start`, builds what changed. Quick when there is nothing to do.
//
// JavaScript, unlike our other scripts, because it runs before anything is installed and Node 20
// does not read TypeScript. For the same reason it imports nothing but Node.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const offlineSigns = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|HOSTUNREACH|NOTCACHED)/

/** Installs exactly what package-lock.json says, unless all of it is there already. */
export function install() {
  const missing = findMissingPackages()
  if (missing.length === 0) return

  say(`installing ${missing.length} packages (once)`)
  // Not `npm ci`: it refuses a lock file without the binaries of other systems, which not every
  // mirror serves. `--no-save` keeps to the lock file just as well. Install scripts stay off:
  // native parts come prebuilt inside the packages.
  const flags = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status, stderr } = runNpm([...flags, '--loglevel=error'])
  if (status === 0) return

  if (offlineSigns.test(stderr)) {
    stop('The npm registry cannot be reached. Connect this machine once, then run this again.')
  }
  process.stderr.write(stderr)
  stop('`npm install` failed; its own words are above.')
}

/** Compiles the packages whose source changed since they were last compiled. */
export function build() {
  const compiler = join(repository, 'node_modules/typescript/bin/tsc')
  const isBuilt = existsSync(join(repository, 'packages/server/dist'))
  if (!isBuilt) say('building (once; later only what changed)')

  const steps = [
    [compiler, '-b'],
    ['--import', 'tsx', join(repository, 'scripts/bundle-library.ts')],
  ]
  for (const step of steps) {
    const { status } = spawnSync(process.execPath, step, {
      cwd: repository,
      stdio: ['ignore', 2, 2],
    })
    if (status !== 0) stop('The build failed; the words of what failed are above.')
  }
}

/** Names the folders in package-lock.json that are not in node_modules in the same version. */
function findMissingPackages() {
  const wanted = readLock('package-lock.json')
  const present = readLock('node_modules/.package-lock.json')

  return Object.keys(wanted).filter((folder) => {
    const { version, optional, link } = wanted[folder]
    // Optional packages are for other machines: binaries of another system, for one.
    if (optional || !folder.startsWith('node_modules/')) return false
    if (!existsSync(join(repository, folder))) return true
    return !link && present[folder]?.version !== version
  })
}

function readLock(path) {
  const file = join(repository, path)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

function runNpm(flags) {
  const options = { cwd: repository, encoding: 'utf8', stdio: ['ignore', 2, 'pipe'] }
  const cli = process.env.npm_execpath
  // Under `npm start` npm tells where it is; `node scripts/…` by hand has to look for it.
  if (cli?.endsWith('.js')) return spawnSync(process.execPath, [cli, ...flags], options)
  return spawnSync('npm', flags, { ...options, shell: process.platform === 'win32' })
}

function say(words) {
  process.stderr.write(`kvasir: ${words}\n`)
}

function stop(words) {
  say(words)
  process.exit(1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install()
