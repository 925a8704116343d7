/** Turns one file of a function into code that Node runs, and says what the file imports. */
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, extname, relative, sep } from 'node:path'
import type { Loader, Message, Plugin } from 'esbuild'
import { LoadFailure } from './load-failure.ts'

export interface CompiledModule {
  readonly file: string
  /** What was read; a file whose text has not changed is not compiled again. */
  readonly text: string
  readonly code: string
  /** How positions in `code` lead to the file; absent where the file runs as it stands. */
  readonly sourceMap?: SourceMapText
  /** The files beside it that it names, by the words it names them with. */
  readonly locals: ReadonlyMap<string, string>
  /** The packages and Node's modules that it names in `import … from`. */
  readonly imports: ReadonlySet<string>
}

export interface SourceMapText {
  readonly version: number
  readonly sources: readonly string[]
  readonly names: readonly string[]
  readonly mappings: string
}

/** What stands before the words of an `import` in compiled code: it is no `require`. */
export const importMark = 'kvasir-import:'
/** Stands before the words of `import(…)` where they name a file beside the function. */
export const dynamicMark = 'kvasir-dynamic:'

const loaders: Readonly<Record<string, Loader>> = {
  '.js': 'js',
  '.cjs': 'js',
  '.mjs': 'js',
  '.ts': 'ts',
  '.cts': 'ts',
  '.mts': 'ts',
}

export function isCode(file: string): boolean {
  return Object.hasOwn(loaders, extname(file))
}

/**
 * Compiles a file.
 *
 * CommonJS written in JavaScript stays as it stands, so that it runs as Node would run it. ES
 * modules and TypeScript become CommonJS with a source map.
 *
 * @throws {LoadFailure} when it cannot be read or is not the language it claims to be.
 */
export async function compileModule(file: string, root: string): Promise<CompiledModule> {
  const text = await readText(file, root)
  const imports = new Set<string>()
  const locals = new Map<string, string>()
  const found: Found = { imports, locals, hasLocalDynamicImport: false }
  const { code, sourceMap, isModule } = await transpile({ file, root, text }, found)
  const isPlain = !isModule && loaders[extname(file)] === 'js' && !found.hasLocalDynamicImport
  if (isPlain) return { file, text, code: text, locals, imports }
  return { file, text, code, sourceMap, locals, imports }
}

interface Source {
  readonly file: string
  readonly root: string
  readonly text: string
}

interface Found {
  readonly imports: Set<string>
  readonly locals: Map<string, string>
  hasLocalDynamicImport: boolean
}

async function readText(file: string, root: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LoadFailure(`${relative(root, file)} cannot be read: ${reason}`, { cause })
  }
}

async function transpile({ file, root, text }: Source, found: Found) {
  // Loaded here, because a host without functions needs no compiler.
  const { build } = await import('esbuild')
  try {
    const { outputFiles, metafile } = await build({
      // A name without an ending: from one, the compiler would derive how default imports behave,
      // and that is settled where modules are linked.
      stdin: {
        contents: text,
        sourcefile: 'function',
        resolveDir: dirname(file),
        loader: loaders[extname(file)] ?? 'js',
      },
      outfile: 'function.js',
      bundle: true,
      write: false,
      metafile: true,
      format: 'cjs',
      platform: 'node',
      target: `node${process.versions.node}`,
      sourcemap: 'external',
      sourcesContent: false,
      define: { 'import.meta': '__importMeta' },
      plugins: [findImports(root, found)],
      logLevel: 'silent',
    })
    const [map, output] = outputFiles
    const [input] = Object.values(metafile.inputs)
    return {
      code: (output?.text ?? '').replaceAll(`import("${dynamicMark}`, `__import("${dynamicMark}`),
      sourceMap: JSON.parse(map?.text ?? '') as SourceMapText,
      isModule: input?.format === 'esm',
    }
  } catch (error) {
    throw toLoadFailure(error, relative(root, file))
  }
}

/** Leaves every import where it is, and notes where it leads. */
function findImports(root: string, found: Found): Plugin {
  const { imports, locals } = found
  const asked = Symbol('asked')
  return {
    name: 'find-imports',
    setup(build) {
      build.onResolve({ filter: /./ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        // Our own question, for the compiler to answer.
        if (pluginData === asked) return undefined
        const isImport = kind === 'import-statement'
        const mark = isImport ? importMark : ''
        if (isBuiltin(path)) {
          if (isImport) imports.add(path)
          return { path: mark + path, external: true }
        }
        const options = { kind, resolveDir, importer, pluginData: asked }
        const { path: target, errors, external } = await build.resolve(path, options)
        const isLocal = errors.length === 0 && !external && isBeside(target, path, root)
        if (isLocal) locals.set(path, target)
        else if (isImport) imports.add(path)
        if (isLocal && kind === 'dynamic-import') {
          found.hasLocalDynamicImport = true
          return { path: dynamicMark + path, external: true }
        }
        return { path: mark + path, external: true }
      })
    },
  }
}

/** Whether a file belongs to the functions, as against one of an installed package. */
function isBeside(target: string, specifier: string, root: string): boolean {
  if (target.includes(`${sep}node_modules${sep}`)) return false
  if (!isCode(target) && extname(target) !== '.json') return false
  // A package that is linked into node_modules has its files anywhere.
  return /^[./]/.test(specifier) || target.startsWith(root + sep)
}

function toLoadFailure(error: unknown, name: string): LoadFailure {
  const { errors = [] } = error as { errors?: readonly Message[] }
  const [first] = errors
  if (!first)
    return new LoadFailure(`${name} cannot be compiled: ${String(error)}`, { cause: error })
  const { text, location } = first
  const place = location ? `${name}:${location.line}:${location.column + 1}` : name
  const isAwait = text.startsWith('Top-level await')
  const reason = isAwait ? '"await" stands outside of a function. Move it into the handler.' : text
  return new LoadFailure(`${place}: ${reason}`, {
    cause: error,
    ...(location && { frame: { line: location.line, text: location.lineText } }),
  })
}
