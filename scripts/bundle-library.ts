// Bundles the JavaScript of `kvasir`: what is loaded together is one file, because finding, reading
// and linking some 140 modules took a program longer than opening its store. Declarations come from
// the compiler. Runs after it in every build.

import { readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type InputOptions, rolldown } from 'rolldown'
import manifest from '../packages/kvasir/package.json' with { type: 'json' }
import base from '../tsconfig.base.json' with { type: 'json' }

const library = join(import.meta.dirname, '../packages/kvasir')
const source = join(library, 'src')
const dist = join(library, 'dist')

/**
 * What is one file, whoever needs a part of it; all else is where the bundler puts it. A piece that
 * bundlers for browsers see must not name what they would follow into Node.
 */
const pieces: Readonly<Record<string, RegExp>> = {
  // What every store has in front of its engine.
  core: /^((errors|codec|engine|front|dialects\/(kv|storage))\/|(store\/(store|project)|secrets\/secrets-key)\.ts$)/,
  flows: /^(store\/full-store|dialects\/flows\/(flows|function-names))\.ts$/,
  remote: /^(protocol|engines\/remote)\//,
  sqlite: /^engines\/sqlite\/(?!maintenance\/)/,
}

/** What pages have of `kvasir/client` before anything else, apart from what they load later. */
const firstPieces: Readonly<Record<string, RegExp | undefined>> = {
  'core-first': pieces.core,
  'client-first': /^(protocol|engines\/remote|client)\//,
}

await bundle()

async function bundle(): Promise<void> {
  const first = await loadedFirstBy('./src/client.ts')
  const build = await rolldown({
    ...shared(),
    input: Object.fromEntries(entrySources().map((path) => [nameOf(path), path])),
  })
  const { output } = await build.write({
    dir: dist,
    sourcemap: true,
    // They are published, beside `dist`.
    sourcemapExcludeSources: true,
    comments: { jsdoc: false },
    minifyInternalExports: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        ...Object.entries(firstPieces).map(([name, pattern]) => ({
          name,
          test: (id: string) => first.has(id) && isOf(pattern, id),
        })),
        ...Object.entries(pieces).map(([name, pattern]) => ({
          name,
          test: (id: string) => isOf(pattern, id),
        })),
      ],
    },
  })
  await build.close()
  removeOthers(new Set(output.map(({ fileName }) => fileName)))
}

function shared(): InputOptions {
  const { dependencies, peerDependencies, sideEffects } = manifest
  return {
    cwd: library,
    platform: 'neutral',
    transform: { target: base.compilerOptions.target.toLowerCase() },
    external: [/^node:/, ...Object.keys({ ...dependencies, ...peerDependencies })],
    // As package.json says to the bundlers of those who use it.
    treeshake: { moduleSideEffects: sideEffects },
    // One entry may load with another what a third loads when it is needed.
    checks: { ineffectiveDynamicImport: false },
  }
}

/** The modules that an entry has before it loads anything later. */
async function loadedFirstBy(entry: string): Promise<ReadonlySet<string>> {
  const build = await rolldown({ ...shared(), input: entry })
  const { output } = await build.generate()
  await build.close()
  const chunks = output.filter((piece) => piece.type === 'chunk')
  const names = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  // A set takes in what is added while it is gone through.
  for (const name of names) {
    for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) {
      names.add(imported)
    }
  }
  return new Set(chunks.flatMap((chunk) => (names.has(chunk.fileName) ? chunk.moduleIds : [])))
}

function isOf(pattern: RegExp | undefined, id: string): boolean {
  return pattern?.test(relative(source, id).replaceAll('\\', '/')) ?? false
}

/** The entries of the package, as `./src/….ts`. */
function entrySources(): string[] {
  const entries = Object.values(manifest.exports)
  return entries.flatMap((entry) => (typeof entry === 'string' ? [] : [entry['@kvasir/source']]))
}

function nameOf(path: string): string {
  return path.replace(/^\.\/src\//, '').replace(/\.ts$/, '')
}

/** Of an earlier build, say: it would be published. */
function removeOthers(written: ReadonlySet<string>): void {
  const found = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  const scripts = found.filter((path) => /\.js(\.map)?$/.test(path))
  for (const path of scripts) {
    if (!written.has(path.replaceAll('\\', '/'))) rmSync(join(dist, path))
  }
}
