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
