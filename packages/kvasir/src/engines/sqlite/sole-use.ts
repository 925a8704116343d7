import type { SqliteStatements } from './sqlite-statements.ts'

/**
 * For so long a look around holds. Whoever opens the directory while others have it open says so
 * with a commit, which the others see when they look, and lets this time pass before writing.
 */
export const soleUseMs = 10

/** How long to wait before asking again whether the others have gone. */
const askAgainMs = 1000

export interface SoleUseOptions {
  /** Called now and then while others may be there: looks whether, and calls `begin` if not. */
  ask(): void
  readonly nowMs: number
}

/**
 * Knows whether this process is the only one that can have written since it last looked. While it
 * is, what it has read stays true until it writes itself.
 *
 * Its times are those of `performance.now()`, whatever clock the engine was given: other processes
 * count by them, too.
 */
export class SoleUse {
  readonly #dataVersion: SqliteStatements['dataVersion']
  readonly #ask: () => void
  /** Differs once another connection has committed; `undefined` while others may be there. */
  #version: number | undefined
  #lookedAtMs = 0
  #askedAtMs: number

  constructor({ dataVersion }: Pick<SqliteStatements, 'dataVersion'>, options: SoleUseOptions) {
    this.#dataVersion = dataVersion
    this.#ask = options.ask
    this.#askedAtMs = options.nowMs
  }

  /** To be called under the store's write lock, when nobody else has the directory open. */
  begin(nowMs: number): void {
    this.#lookedAtMs = nowMs
    this.#version = this.#read()
  }

  /** Whether nobody else has been there when this process last looked. */
  get isHeld(): boolean {
    return this.#version !== undefined
  }

  /** Whether the last look still holds. */
  isCertain(nowMs: number): boolean {
    return this.#version !== undefined && nowMs - this.#lookedAtMs < soleUseMs
  }

  /**
   * Looks again. No transaction may be open but one that writes: it would show the store as it was
   * when it began.
   */
  look(nowMs: number): boolean {
    if (this.#version !== undefined) {
      if (this.#read() === this.#version) {
        this.#lookedAtMs = nowMs
        return true
      }
      this.#version = undefined
      this.#askedAtMs = nowMs
    }
    if (nowMs - this.#askedAtMs >= askAgainMs) {
      this.#askedAtMs = nowMs
      this.#ask()
    }
    return false
  }

  #read(): number {
    return (this.#dataVersion.get() as { data_version: number }).data_version
  }
}
