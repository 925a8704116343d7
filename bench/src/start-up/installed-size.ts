import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What installing a package brings, as npm lays it out here. */
export interface InstalledSize {
  readonly name: string
  readonly megabytes: number
  /** Packages beside itself. */
  readonly dependencies: number
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
}

const repository = join(import.meta.dirname, '../../..')
const peers = join(repository, 'bench/peers')

const wanted: readonly {
  readonly name: string
  readonly from: string
  readonly also?: string[]
}[] = [
  { name: 'kvasir', from: repository },
  { name: 'kvasir, @photostructure/sqlite', from: repository, also: ['@photostructure/sqlite'] },
  { name: '@kvasir/server', from: repository },
  { name: 'lmdb', from: peers },
  { name: 'keyv, @keyv/sqlite', from: peers, also: ['@keyv/sqlite'] },
  { name: 'keyv, @keyv/postgres', from: peers, also: ['@keyv/postgres'] },
  { name: '@deno/kv', from: peers },
  { name: 'ioredis', from: peers },
  { name: 'unstorage', from: peers },
  { name: '@nats-io/kv, @nats-io/transport-node', from: peers, also: ['@nats-io/transport-node'] },
]

/** Adds up every package that each one brings; one that is not installed is left out. */
export function measureInstalled(): InstalledSize[] {
  return wanted.flatMap(({ name, from, also = [] }) => {
    const [first = name] = name.split(', ')
    const roots = [first, ...also].map((each) => find(each, from))
    if (roots.some((root) => root === undefined)) return []
    const folders = closure(roots.filter((root) => root !== undefined))
    const bytes = [...folders].reduce((sum, folder) => sum + bytesOf(folder), 0)
    return [{ name, megabytes: bytes / 1e6, dependencies: folders.size - 1 }]
  })
}

function closure(roots: readonly string[]): Set<string> {
  const found = new Set<string>()
  const waiting = [...roots]
  for (const folder of waiting) {
    if (found.has(folder)) continue
    found.add(folder)
    const { dependencies, optionalDependencies } = manifestOf(folder)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      // What is optional, for another system say, need not be there.
      const next = find(name, folder)
      if (next !== undefined) waiting.push(next)
    }
  }
  return found
}

/** Looks for a package the way Node does. */
function find(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder)
  const parent = dirname(from)
  return parent === from ? undefined : find(name, parent)
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Of a package of this repository, what is published. */
function bytesOf(folder: string): number {
  const isOurs = folder.startsWith(join(repository, 'packages'))
  if (!isOurs) return bytesIn(folder)
  const published = (manifestOf(folder).files ?? []).filter((name) => !name.startsWith('!'))
  const places = published.map((name) => join(folder, name)).filter(existsSync)
  return places.reduce((sum, place) => {
    return sum + (statSync(place).isDirectory() ? bytesIn(place) : statSync(place).size)
  }, 0)
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    // What is nested is a package of its own, and counted as such.
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' ? sum : sum + bytesIn(join(folder, entry.name))
    }
    const isLeftOut = !entry.isFile() || entry.name.startsWith('.tsbuildinfo')
    return isLeftOut ? sum : sum + statSync(join(folder, entry.name)).size
  }, 0)
}
