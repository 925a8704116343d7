import { KvasirError } from 'kvasir'
import { retryAfterSeconds, waitingBodyBytesMax } from './server-limits.ts'

/** How much memory the bodies of requests may take together while they come and are worked on. */
export class BodyBudget {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number = waitingBodyBytesMax) {
    this.#bytesMax = bytesMax
  }

  /** One request's part of it, which begins empty: what a client only announces takes nothing. */
  share(): BodyShare {
    let taken = 0
    return {
      bytesMax: this.#bytesMax,
      take: (bytes) => {
        if (this.#bytes + bytes > this.#bytesMax) throw this.#refusal()
        this.#bytes += bytes
        taken += bytes
      },
      giveBack: () => {
        this.#bytes -= taken
        taken = 0
      },
    }
  }

  #refusal(): KvasirError {
    return new KvasirError(
      'KV_UNAVAILABLE',
      `The server has ${this.#bytesMax} bytes of bodies at work, which is all it takes. Try again later, or send less at a time.`,
      { outcome: 'not-applied', details: { retryAfterSeconds } },
    )
  }
}

export interface BodyShare {
  /** The most that all bodies may take together, and so any of them. */
  readonly bytesMax: number
  /** @throws {KvasirError} `KV_UNAVAILABLE` when there is no more. */
  take(bytes: number): void
  giveBack(): void
}
