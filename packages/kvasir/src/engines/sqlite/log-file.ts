import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { databasePath } from './data-directory.ts'
import {
  frameBytesIn,
  frameSaltsAt,
  headerBytes,
  pageBytesIn,
  saltsBytes,
  saltsIn,
} from './log-format.ts'

const rewrittenAtOnce = 1024 * 1024

/**
 * The write-ahead log, through a descriptor of our own: SQLite's locks are on other files, so that
 * closing this one drops none of them.
 *
 * The file is there as long as any connection is. It does not shrink when the log begins anew: new
 * frames take the place of old ones, and a mark in each tells them apart.
 */
export class LogFile {
  readonly #path: string
  readonly #header = Buffer.alloc(headerBytes)
  readonly #salts = Buffer.alloc(saltsBytes)
  /** What an old frame was marked with at the place looked at last. */
  readonly #stale = Buffer.alloc(saltsBytes)
  #file: number | undefined

  constructor(directory: string) {
    this.#path = `${databasePath(directory)}-wal`
  }

  /** Whether so many pages have been written since the log began anew. */
  hasPages(pages: number): boolean {
    this.#file ??= openSync(this.#path, 'r+')
    if (!this.#hasHeader()) return false
    const at = headerBytes + (pages - 1) * frameBytesIn(this.#header) + frameSaltsAt
    if (readSync(this.#file, this.#salts, 0, saltsBytes, at) < saltsBytes) return false
    // A look after every commit: while the old frame is there, it costs one read.
    if (this.#salts.equals(this.#stale)) return false
    readSync(this.#file, this.#header, 0, headerBytes, 0)
    if (this.#salts.equals(saltsIn(this.#header))) return true
    this.#salts.copy(this.#stale)
    return false
  }

  /**
   * Writes all of the log over itself, and syncs it.
   *
   * After a sync that failed, the system may take for written what never reached the disk; only
   * what is written again is synced again. To be called under the store's write lock.
   */
  rewrite(): void {
    this.#file ??= openSync(this.#path, 'r+')
    const bytes = Buffer.alloc(rewrittenAtOnce)
    const { size } = fstatSync(this.#file)
    for (let at = 0; at < size; ) {
      const length = readSync(this.#file, bytes, 0, rewrittenAtOnce, at)
      if (length === 0) break
      for (let done = 0; done < length; ) {
        done += writeSync(this.#file, bytes, done, length - done, at + done)
      }
      at += length
    }
    fdatasyncSync(this.#file)
  }

  sync(): void {
    this.#file ??= openSync(this.#path, 'r+')
    fdatasyncSync(this.#file)
  }

  /** Syncs it in a thread of Node's: what is written meanwhile may be covered or not. */
  syncInBackground(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#file ??= openSync(this.#path, 'r+')
      fdatasync(this.#file, (error) => (error ? reject(error) : resolve()))
    })
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** The size of pages never changes: one look is enough. */
  #hasHeader(): boolean {
    if (pageBytesIn(this.#header) > 0) return true
    const file = this.#file ?? -1
    return readSync(file, this.#header, 0, headerBytes, 0) === headerBytes
  }
}
