import type { Health } from '../../engine/health.ts'
import type { KvasirError } from '../../errors/kvasir-error.ts'

const well: Health = { writable: true }

/** Whether the store takes writes, and who wants to know when that changes. */
export class StoreHealth {
  readonly listeners = new Set<(health: Health) => void>()
  #present: Health = well

  get present(): Health {
    return this.#present
  }

  /** Writes are taken again, unless they have been stopped for good. */
  recovered(): void {
    if (!this.#present.writable && this.#present.resumes) this.#become(well)
  }

  /** Writes are refused, for as long as the disk is full. */
  full(failure: KvasirError): void {
    if (this.#present.writable) this.#become(unwritable(failure, true))
  }

  /** Writes are refused until the store is opened anew. */
  stopped(failure: KvasirError): void {
    if (this.#present.writable || this.#present.resumes) this.#become(unwritable(failure, false))
  }

  #become(health: Health): void {
    this.#present = health
    for (const listener of this.listeners) {
      // What a listener throws is its own affair: it must not end the writing of others.
      queueMicrotask(() => listener(health))
    }
  }
}

function unwritable({ code, message }: KvasirError, resumes: boolean): Health {
  return { writable: false, code, message, resumes }
}
