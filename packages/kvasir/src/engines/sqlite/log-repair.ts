import { fromFileSystem } from './data-directory.ts'
import type { LogFile } from './log-file.ts'
import { rollBack } from './reading.ts'
import { isBusy } from './sqlite-errors.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

export interface LogRepairOptions {
  readonly log: Pick<LogFile, 'sync' | 'syncInBackground' | 'rewrite'>
  readonly statements: Pick<SqliteStatements, 'beginImmediate' | 'rollback'>
  readonly directory: string
  /** Ends a transaction that reads, if there is one. */
  beforehand(): void
  /** To be told how long a sync in the background took. */
  onSynced(tookMs: number): void
  /** Whether the disk has failed before: then only what is written again is known to be synced. */
  hasFailed(): boolean
  /** To be told that a sync has failed: nothing is to be written any more. */
  onFailed(error: unknown): void
}

/** Syncs the log, and writes it again where that has failed, or may have. */
export class LogRepair {
  readonly #options: LogRepairOptions

  constructor(options: LogRepairOptions) {
    this.#options = options
  }

  /** Syncs it in the background. After a failure it is written again, so that nothing is lost. */
  async sync(): Promise<void> {
    if (this.#options.hasFailed()) {
      this.#rewrite()
      return
    }
    const beganAtMs = performance.now()
    try {
      await this.#options.log.syncInBackground()
      this.#options.onSynced(performance.now() - beganAtMs)
    } catch (error) {
      this.#afterFailure(error)
    }
  }

  /** As `sync`, and waits for it. */
  syncNow(): void {
    try {
      this.#options.log.sync()
    } catch (error) {
      this.#afterFailure(error)
    }
  }

  /** Whoever wrote the log may have been killed after a sync of it had failed. */
  secure(): void {
    try {
      this.#options.log.rewrite()
    } catch (error) {
      throw fromFileSystem(error, this.#options.directory)
    }
  }

  /** Writes it again, unless others have it open: then closing copies nothing of it. */
  isSafeToClose(): boolean {
    try {
      this.#rewrite()
      return true
    } catch (error) {
      return isBusy(error)
    }
  }

  #afterFailure(error: unknown): void {
    this.#options.onFailed(error)
    try {
      this.#rewrite()
    } catch {
      throw error
    }
  }

  #rewrite(): void {
    const { log, statements } = this.#options
    this.#options.beforehand()
    try {
      statements.beginImmediate.run()
      log.rewrite()
    } finally {
      rollBack(statements.rollback)
    }
  }
}
