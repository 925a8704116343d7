/**
 * Counts calls by verb and status. The counters of metrics look their labels up anew with each
 * call, which costs a good part of what answering one does; these are read when somebody asks.
 */
export class CallCounts {
  readonly #counts = new Map<string, Map<number, number>>()

  note(verb: string, status: number): void {
    const ofVerb = this.#counts.get(verb)
    if (ofVerb) ofVerb.set(status, (ofVerb.get(status) ?? 0) + 1)
    else this.#counts.set(verb, new Map([[status, 1]]))
  }

  *all(): Iterable<{ readonly verb: string; readonly status: number; readonly count: number }> {
    for (const [verb, ofVerb] of this.#counts) {
      for (const [status, count] of ofVerb) yield { verb, status, count }
    }
  }
}
