/** Runs a task once for all callers in this process that ask for it while it runs. */
export class SingleFlight {
  readonly #flights = new Map<string, Promise<unknown>>()

  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const underway = this.#flights.get(key)
    if (underway) return underway as Promise<Result>
    const flight = task().finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }
}
