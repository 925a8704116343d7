import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'

/** What the client weighs for who bundles it. */
export interface ClientSize {
  /** All of it, in one file. */
  readonly gzipBytes: number
  /** What a bundler that splits loads at first; the rest comes when it is used. */
  readonly firstGzipBytes: number
  /** By folder, largest first; bytes when minified. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
}

/** `library`: the directory of the package, built. */
export async function measureClient(library: string): Promise<ClientSize> {
  const shared: BuildOptions & { metafile: true; write: false } = {
    entryPoints: [join(library, 'dist/client.js')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    outdir: 'client',
    metafile: true,
  }
  const [whole, split, bySource] = await Promise.all([
    build(shared),
    build({ ...shared, splitting: true }),
    // Which folders it is made of can no longer be told from the files that are published.
    build({ ...shared, entryPoints: [join(library, 'src/client.ts')] }),
  ])
  const outputs = Object.entries(split.metafile.outputs)
  const path = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith('client.js'))?.[0] ?? ''
  const first = withImports(path, split.metafile.outputs)
  const firstTexts = split.outputFiles.filter((file) =>
    first.some((name) => file.path.endsWith(name)),
  )
  const [output] = Object.values(bySource.metafile.outputs)
  return {
    gzipBytes: gzipped(whole.outputFiles.map(({ contents }) => contents)),
    firstGzipBytes: gzipped(firstTexts.map(({ contents }) => contents)),
    parts: partsOf(output?.inputs ?? {}),
  }
}

type Outputs = Readonly<
  Record<string, { readonly imports: readonly { readonly path: string; readonly kind: string }[] }>
>

/** A file and all that it needs before it runs. */
function withImports(path: string, outputs: Outputs): string[] {
  const found = new Set<string>()
  const waiting = [path]
  for (const next of waiting) {
    if (found.has(next)) continue
    found.add(next)
    const imports = outputs[next]?.imports ?? []
    waiting.push(...imports.filter(({ kind }) => kind === 'import-statement').map((i) => i.path))
  }
  return [...found]
}

function gzipped(texts: readonly Uint8Array[]): number {
  return texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0)
}

function partsOf(inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>) {
  const sums = new Map<string, number>()
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /src\/((?:engines\/|dialects\/)?[\w-]+)\//.exec(path)?.[1] ?? 'entry'
    sums.set(name, (sums.get(name) ?? 0) + bytesInOutput)
  }
  return Array.from(sums, ([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes)
}
