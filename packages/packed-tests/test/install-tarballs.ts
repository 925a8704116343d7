// Packs what we publish and installs it in two places outside the workspace: `library` has `kvasir`
// alone, `everything` has the server, the SQLite driver and what a TypeScript user has as well.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import manifest from '../../../package.json' with { type: 'json' }

const repository = join(import.meta.dirname, '../../..')
const packages = ['kvasir', '@kvasir/server']

declare module 'vitest' {
  export interface ProvidedContext {
    /** Package name → its tarball. */
    tarballs: Record<string, string>
    library: string
    everything: string
  }
}

/** Runs before the tests of this package, and returns what runs after them. */
export function setup({ provide }: TestProject): () => void {
  for (const entry of ['packages/kvasir/dist/index.js', 'packages/server/dist/index.js']) {
    if (!existsSync(join(repository, entry))) {
      throw new Error(`${entry} is missing. Run \`npm run build\` first.`)
    }
  }
  const place = mkdtempSync(join(tmpdir(), 'kvasir-packed-'))
  const tarballs = pack(place)
  const own = Object.values(tarballs)
  const extras = ['@photostructure/sqlite', '@types/node', 'typescript'] as const

  provide('tarballs', tarballs)
  provide('library', install(join(place, 'library'), own.slice(0, 1)))
  provide(
    'everything',
    install(join(place, 'everything'), [
      ...own,
      ...extras.map((name) => `${name}@${manifest.devDependencies[name]}`),
    ]),
  )
  return () => rmSync(place, { recursive: true, force: true })
}

function pack(place: string): Record<string, string> {
  const workspaces = packages.flatMap((name) => ['--workspace', name])
  const listed = npm(repository, ['pack', '--json', '--pack-destination', place, ...workspaces])
  const packed = JSON.parse(listed) as { name: string; filename: string }[]
  const found = packed.map(({ name, filename }) => [name, join(place, filename)])
  if (found.length !== packages.length) throw new Error(`Packed ${found.length} packages.`)
  return Object.fromEntries(found)
}

function install(directory: string, wanted: string[]): string {
  mkdirSync(directory)
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  )
  npm(directory, ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', ...wanted])
  return directory
}

function npm(cwd: string, args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
