/** How far a search has come: the state, and which of the unfinished operations led to it. */
export interface Configuration<State> {
  readonly state: State
  /** A bit for each open operation that has happened. */
  readonly happened: number
  /** A bit for each operation of unknown outcome that has happened. */
  readonly doubtful: bigint
}

/**
 * Distinct configurations, without those that another one makes superfluous: where two differ only
 * in that one has spent more operations of unknown outcome, whatever that one can still explain,
 * the other can, too.
 */
export class Configurations<State extends string | number> {
  readonly #spent = new Map<string, Configuration<State>[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Answers whether it was worth adding. */
  add(configuration: Configuration<State>): boolean {
    const { state, happened, doubtful } = configuration
    const name = `${happened}/${state}`
    const known = this.#spent.get(name) ?? []
    if (known.some((other) => (other.doubtful & ~doubtful) === 0n)) return false
    const kept = known.filter((other) => (doubtful & ~other.doubtful) !== 0n)
    this.#size += kept.length + 1 - known.length
    this.#spent.set(name, [...kept, configuration])
    return true
  }

  *[Symbol.iterator](): IterableIterator<Configuration<State>> {
    for (const configurations of this.#spent.values()) yield* configurations
  }
}
