import { limits } from '../codec/limits.ts'
import type { BucketRef } from '../engine/engine.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/**
 * Lets callers of one key in this process take turns, so that a read-modify-write never races
 * another one here and conflicts only with other processes.
 */
export class KeyQueue {
  readonly #tails = new Map<string, Promise<unknown>>()

  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const result = before.then(task)
    const tail: Promise<unknown> = result.then(settled, settled).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    this.#tails.set(key, tail)
    return result
  }
}

function settled(): void {
  // However a turn ends, the next one may begin; its caller has the outcome.
}

/**
 * Repeats an attempt at a read-modify-write until no other process has opposed it (the attempt
 * answers `undefined` where one has); callers of one key in this process take turns.
 *
 * @throws {KvasirError} `KV_CONFLICT` when others keep winning.
 */
export function unopposed<Result>(
  queue: KeyQueue,
  { project, bucket, key }: BucketRef & { readonly key: string },
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  return queue.run(JSON.stringify([project, bucket, key]), async () => {
    for (let attempts = 0; attempts < limits.updateAttemptsMax; attempts++) {
      const result = await attempt()
      if (result !== undefined) return result
    }
    throw new KvasirError(
      'KV_CONFLICT',
      `Key ${JSON.stringify(key)} changed under ${limits.updateAttemptsMax} attempts to update it. Let fewer processes write it, or use an atomic operation such as increment.`,
      { outcome: 'not-applied', retryable: true },
    )
  })
}
