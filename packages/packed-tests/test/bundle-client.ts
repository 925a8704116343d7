// `kvasir/client` as the bundlers of those who use it make pages of it.

import { build } from 'esbuild'
import { rolldown } from 'rolldown'

/** The files of a bundle, of which `page.js` is the one that a page names. */
export interface Bundle {
  readonly files: Readonly<Record<string, string>>
  /** Those that are loaded before anything runs; others come when they are needed. */
  readonly first: readonly string[]
}

interface Made {
  readonly text: string
  readonly imports: readonly string[]
}

/** @param entry The installed `client.js`. */
export async function bundleInOne(entry: string): Promise<Bundle> {
  return bundleOf(await withEsbuild(entry, false))
}

export async function splitWithEsbuild(entry: string): Promise<Bundle> {
  return bundleOf(await withEsbuild(entry, true))
}

/** As Vite does it. */
export async function splitWithRolldown(entry: string): Promise<Bundle> {
  const made = await rolldown({ input: { page: entry }, platform: 'browser' })
  const { output } = await made.generate({ minify: true })
  await made.close()
  const chunks = output.filter((piece) => piece.type === 'chunk')
  return bundleOf(chunks.map(({ fileName, code: text, imports }) => [fileName, { text, imports }]))
}

async function withEsbuild(entry: string, splitting: boolean): Promise<[string, Made][]> {
  const { outputFiles, metafile } = await build({
    entryPoints: { page: entry },
    outdir: 'out',
    absWorkingDir: '/',
    bundle: true,
    splitting,
    minify: true,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    write: false,
  })
  const nameOf = (path: string): string => path.split('/').at(-1) ?? ''
  return Object.entries(metafile.outputs).map(([path, { imports }]) => {
    const file = outputFiles.find((output) => output.path.endsWith(path))
    const needed = imports.filter(({ kind }) => kind === 'import-statement')
    return [nameOf(path), { text: file?.text ?? '', imports: needed.map((i) => nameOf(i.path)) }]
  })
}

function bundleOf(made: readonly (readonly [string, Made])[]): Bundle {
  const byName = new Map(made)
  const first = new Set(['page.js'])
  // A set takes in what is added while it is gone through.
  for (const name of first) {
    for (const imported of byName.get(name)?.imports ?? []) first.add(imported)
  }
  const files = Object.fromEntries(made.map(([name, { text }]) => [name, text]))
  return { files, first: [...first] }
}
