import { type FSWatcher, watch } from 'node:fs'
import type { BucketRegistry } from './bucket-registry.ts'
import { databasePath } from './data-directory.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** For file systems that do not tell of changes, and for the tellings that get lost. */
const safetyPollMs = 250
/**
 * A durable commit touches the log before its sync and can be seen after it: when to look after it
 * was touched. A look takes microseconds, and a sync from one millisecond to some fifty.
 */
const looksAfterMs = [0, 2, 4, 6, 8, 10, 10, 20, 40] as const

/** Notices what other processes write, for as long as anything here is watched. */
export class OutsideChanges {
  readonly #logPath: string
  readonly #statements: SqliteStatements
  readonly #registry: BucketRegistry
  readonly #onChanged: () => void
  readonly #onLook: () => void
  #watcher: FSWatcher | undefined
  #poll: NodeJS.Timeout | undefined
  #look: NodeJS.Timeout | undefined
  #seenVersion = 0

  constructor(
    directory: string,
    context: {
      statements: SqliteStatements
      registry: BucketRegistry
      onChanged: () => void
      /** Called now and then as long as anything is watched. */
      onLook: () => void
    },
  ) {
    this.#logPath = `${databasePath(directory)}-wal`
    this.#statements = context.statements
    this.#registry = context.registry
    this.#onChanged = context.onChanged
    this.#onLook = context.onLook
  }

  /** Begins, unless it has; it stops by itself once nothing is watched any more. */
  start(): void {
    if (this.#poll) return
    this.#seenVersion = this.#dataVersion()
    this.#watcher = this.#watchLog()
    // It keeps the process alive, as a socket would: a program may do nothing but watch.
    this.#poll = setInterval(() => this.#tick(), safetyPollMs)
  }

  stop(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#look)
    this.#watcher?.close()
    this.#poll = undefined
    this.#look = undefined
    this.#watcher = undefined
  }

  #tick(): void {
    if (this.#registry.watched().length === 0) {
      this.stop()
      return
    }
    this.#onLook()
    this.#check()
  }

  #watchLog(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#logPath, { persistent: false }, () => this.#lookSoon(0))
      watcher.on('error', () => watcher.close()) // The poll goes on without it.
      return watcher
    } catch {
      return undefined // No log yet, or no more watchers to be had: the poll does without.
    }
  }

  #lookSoon(attempt: number): void {
    const delayMs = looksAfterMs[attempt]
    if (delayMs === undefined || !this.#poll || (attempt === 0 && this.#look)) return
    this.#look = setTimeout(() => {
      this.#look = undefined
      if (!this.#check()) this.#lookSoon(attempt + 1)
    }, delayMs)
    this.#look.unref()
  }

  /** Answers whether another process has written. */
  #check(): boolean {
    try {
      const version = this.#dataVersion()
      if (version === this.#seenVersion) return false
      this.#seenVersion = version
      this.#registry.wakeWatchers()
      this.#onChanged()
      return true
    } catch {
      return false // Locked for a moment, or damaged: the reads of the watchers will tell.
    }
  }

  #dataVersion(): number {
    return (this.#statements.dataVersion.get() as { data_version: number }).data_version
  }
}
