// Which files of an installed package a program loads.

import { join, relative } from 'node:path'
import { build } from 'esbuild'

export interface Loaded {
  /** Of the package itself, as paths within it. */
  readonly files: string[]
  /** Everything else that they import, `node:*` included. */
  readonly others: string[]
}

/** What importing some files of a package loads; what they load at its first use if wanted. */
export async function loadedBy(
  directory: string,
  entries: readonly string[],
  { withLater = false } = {},
): Promise<Loaded> {
  const { metafile } = await build({
    absWorkingDir: directory,
    entryPoints: [...entries],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
  })
  const files = entries.map((entry) => relative(directory, join(directory, entry)))
  const others = new Set<string>()
  for (const file of files) {
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind === 'dynamic-import' && !withLater) continue
      if (external) others.add(path)
      else if (!files.includes(path)) files.push(path)
    }
  }
  return { files, others: [...others] }
}
