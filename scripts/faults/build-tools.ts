/** Builds the programs that fault tests start, from C where it takes C, else from TypeScript. */
import { execFile } from 'node:child_process'
import { mkdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'

// Within node_modules, so that what a bundle leaves out is found from there.
const cache = fileURLToPath(new URL('../../node_modules/.cache/kvasir-faults', import.meta.url))

const run = promisify(execFile)
const built = new Map<string, Promise<string>>()

/**
 * Compiles a C file of this directory, to a library if it is to be preloaded. Answers its path.
 *
 * @throws {Error} that names the Debian packages, where there is no compiler.
 */
export function compileC(name: string, kind: 'library' | 'program'): Promise<string> {
  return once(name, () => compile(name, kind))
}

/** Makes one file of a TypeScript program, which then starts in a tenth of the time. */
export function bundleProgram(source: URL): Promise<string> {
  return once(source.href, () => bundle(source))
}

function once(name: string, make: () => Promise<string>): Promise<string> {
  const making = built.get(name) ?? make()
  built.set(name, making)
  making.catch(() => built.delete(name)) // Whoever waits is told; the next one tries anew.
  return making
}

async function compile(name: string, kind: 'library' | 'program'): Promise<string> {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url))
  const options = kind === 'library' ? ['-shared', '-fPIC'] : []
  const [draft, result] = await placesFor(kind === 'library' ? `${name}.so` : name)
  try {
    await run('gcc', ['-O2', '-Wall', '-Werror', ...options, '-o', draft, source])
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause
    throw new Error(
      'Fault tests need a C compiler. On Debian: apt-get install gcc libc6-dev (see .ci/run).',
      { cause },
    )
  }
  await rename(draft, result)
  return result
}

async function bundle(source: URL): Promise<string> {
  const [draft, result] = await placesFor(`${basename(source.pathname, '.ts')}.mjs`)
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile: draft,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@kvasir/source'],
    external: ['@photostructure/sqlite', 'esbuild'],
    banner: {
      js: "import { createRequire as _create } from 'node:module'; const require = _create(import.meta.url);",
    },
    logLevel: 'error',
  })
  await rename(draft, result)
  return result
}

/** Where to build something, and where to move it: tests run at the same time. */
async function placesFor(name: string): Promise<[draft: string, result: string]> {
  const directory = join(cache, 'bin')
  await mkdir(directory, { recursive: true })
  return [join(directory, `${process.pid}-${name}`), join(directory, name)]
}
