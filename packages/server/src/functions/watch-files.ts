/** Follows the files below a directory, and those outside that functions are made of. */
import { stat } from 'node:fs/promises'
import { basename, relative, sep } from 'node:path'
import { watch } from 'chokidar'

export interface FileWatching {
  /** The files to follow that are not below the directory. */
  readonly filesOutside: () => ReadonlySet<string>
  /** Told which files changed, came or went; not again before it is done. */
  readonly changed: (files: ReadonlySet<string>) => Promise<void>
  readonly failed: (error: unknown) => void
  /** How long after the last change the files are read; default: long enough to miss nothing. */
  readonly settleMs?: number
}

// Programs write a file in several steps, of which the first often empties it. And chokidar keeps a
// change to itself that comes within 50 ms of another, and a removal within 100 ms: whoever reads
// the files sooner than that after what was told misses what was not.
const settleMsDefault = 120
const emptyMs = 1000

/** Resolves once every later change will be noticed. */
export async function watchFiles(
  root: string,
  watching: FileWatching,
): Promise<{ close(): Promise<void> }> {
  const { filesOutside, changed, failed, settleMs = settleMsDefault } = watching
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) =>
      path !== root && path.startsWith(root + sep) && isIgnored(relative(root, path)),
  })
  let waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const followOutside = (): void => {
    const outside = [...filesOutside()].filter((file) => !file.startsWith(root + sep))
    if (outside.length > 0) watcher.add(outside)
  }
  const take = async (): Promise<void> => {
    const files = waiting
    if (await isBeingWritten(files)) {
      timer = setTimeout(() => void take(), settleMs)
      return
    }
    waiting = new Set()
    try {
      await changed(files)
      followOutside()
    } catch (error) {
      failed(error)
    }
  }
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    waiting.add(path)
    clearTimeout(timer)
    timer = setTimeout(() => void take(), settleMs)
  })
  watcher.on('error', failed)
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()))
  followOutside()
  return {
    close: () => {
      clearTimeout(timer)
      return watcher.close()
    },
  }
}

/** Whether a file is empty that was not a moment ago. */
async function isBeingWritten(files: ReadonlySet<string>): Promise<boolean> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    if (found?.size === 0 && Date.now() - found.mtimeMs < emptyMs) return true
  }
  return false
}

function isIgnored(path: string): boolean {
  return (
    path.split(sep).some((part) => part === 'node_modules' || part.startsWith('.')) ||
    basename(path).endsWith('~')
  )
}
