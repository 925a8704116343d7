import type { EpochMs } from '../../engine/entry.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/**
 * Knows which time is kept with the data: the store's time never falls behind it, whatever becomes
 * of the process and of the wall clock.
 *
 * An answer that leaves out what has expired since then has to wait until a later time is kept, or
 * what was absent might be there again.
 */
export class KeptTime {
  readonly #dueBetween: SqliteStatements['dueBetween']
  readonly #write: () => Promise<void>
  #keptMs: EpochMs
  #owedMs: EpochMs = 0

  /** `write` commits the present time, or has told those who can do something why it cannot. */
  constructor({ dueBetween, highestTime }: SqliteStatements, write: () => Promise<void>) {
    this.#dueBetween = dueBetween
    this.#write = write
    this.#keptMs = (highestTime.get() as { ms: EpochMs }).ms
  }

  get ms(): EpochMs {
    return this.#keptMs
  }

  /** Whether an answer has left out what expired after the time that is kept. */
  get isOwed(): boolean {
    return this.#owedMs > this.#keptMs
  }

  /** Settles when what is owed is written, or cannot be: reads go on all the same. */
  settle(): Promise<void> {
    return this.#write()
  }

  /** To be called when a time has been committed. */
  keep(now: EpochMs): void {
    if (now > this.#keptMs) this.#keptMs = now
  }

  /** To be called when something is left out of an answer because it expired at that time. */
  leaveOut(expiresAt: EpochMs | null | undefined): void {
    if (expiresAt && expiresAt > this.#owedMs) this.#owedMs = expiresAt
  }

  /** To be called when everything is left out that has expired by now. */
  leaveOutAllBy(now: EpochMs): void {
    if (now <= this.#keptMs) return
    const found = this.#dueBetween.get(this.#keptMs, now) as readonly [EpochMs] | undefined
    this.leaveOut(found?.[0])
  }
}
