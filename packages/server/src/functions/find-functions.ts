import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { KvasirError } from 'kvasir'
import { isCode } from './modules/compile-module.ts'

/** A file that answers requests. */
export interface FunctionFile {
  readonly file: string
  /** How the log and errors call it: its path below the directory. */
  readonly name: string
  /** The decoded parts of the path that it answers, with all below; none for `index.js`. */
  readonly route: readonly string[]
}

const filesMax = 10_000
const depthMax = 32

/**
 * The files below a directory that answer requests, by their paths.
 *
 * Files and folders whose name begins with `.` or `_`, `node_modules`, tests (`*.test.*`,
 * `*.spec.*`), configurations (`*.config.*`) and declarations (`*.d.ts`) are none.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` when the directory cannot be read, `KV_TOO_LARGE`
 * when there are too many.
 */
export async function findFunctions(root: string): Promise<FunctionFile[]> {
  const files: string[] = []
  const waiting: { path: string; depth: number }[] = [{ path: root, depth: 0 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const name of await list(next.path)) {
      const path = join(next.path, name)
      if (!isServed(name)) continue
      const kind = await kindOf(path)
      if (kind === 'directory' && next.depth < depthMax) {
        waiting.push({ path, depth: next.depth + 1 })
      }
      if (kind === 'file' && isCode(path)) files.push(path)
    }
    if (files.length > filesMax) throw tooMany(root)
  }
  return files
    .sort()
    .map((file) => ({ file, name: nameOf(file, root), route: routeOf(file, root) }))
}

/** Whether a file or a folder of this name may have to do with requests. */
export function isServed(name: string): boolean {
  if (/^[._]/.test(name) || name === 'node_modules') return false
  return !/\.(test|spec|config)\.[^.]+$|\.d\.[cm]?ts$/.test(name)
}

/** How the log and errors call a file. */
export function nameOf(file: string, root: string): string {
  return relative(root, file).split(sep).join('/')
}

function routeOf(file: string, root: string): string[] {
  const parts = nameOf(file, root).split('/')
  const last = basename(parts.pop() ?? '', extname(file))
  return last === 'index' ? parts : [...parts, last]
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new KvasirError(
      'KV_INVALID_ARGUMENT',
      `The directory ${JSON.stringify(directory)} cannot be read (${reason}). Give the one that holds your functions; "kvasir functions new <name>" writes a first.`,
      { cause },
    )
  }
}

/** A link counts as what it leads to; one that leads nowhere is nothing. */
async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return 'directory'
  return found?.isFile() ? 'file' : undefined
}

function tooMany(root: string): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `${JSON.stringify(root)} holds more than ${filesMax} files that could be functions. Give the directory of the functions alone.`,
    { details: { limit: filesMax } },
  )
}
