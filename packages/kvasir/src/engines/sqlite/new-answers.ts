import type { AnswerKey } from './answer-keys.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** A row with so much text takes no more: whoever looks for one answer reads all of the row. */
const rowLengthMax = 16 * 1024

/** The answers to what one client has numbered, or to one key. */
interface Stream {
  /** The highest number of which the tables have an answer; -1: of none. */
  readonly highest: number
  /** What this transaction has answered, as JSON, by number. */
  readonly added: Map<number, string>
}

/** What a transaction answers to idempotent commits in one bucket: written once, at its end. */
export class NewAnswers {
  readonly #statements: SqliteStatements
  readonly #bucketId: number
  readonly #streams = new Map<string, Stream>()

  constructor(statements: SqliteStatements, bucketId: number) {
    this.#statements = statements
    this.#bucketId = bucketId
  }

  /** The answer that is kept under a key, as JSON, in this transaction or from before. */
  find({ stem, number }: AnswerKey, now: number): string | undefined {
    const stream = this.#stream(stem)
    // Nearly every commit has a number that is higher than any before it.
    if (number > stream.highest) return stream.added.get(number)
    return stream.added.get(number) ?? this.#findStored({ stem, number }, now)
  }

  add({ stem, number }: AnswerKey, answer: string): void {
    this.#stream(stem).added.set(number, answer)
  }

  /** Forgets them: the bucket they belong to is emptied or removed. */
  clear(): void {
    this.#streams.clear()
  }

  write(keepUntil: number): void {
    for (const [stem, { added }] of this.#streams) {
      for (const run of runsOf(added)) {
        const [first, last] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? 0]
        const answers = `[${run.map(([, answer]) => answer).join()}]`
        this.#statements.keepAnswers.run(this.#bucketId, stem, first, last, keepUntil, answers)
      }
    }
  }

  #stream(stem: string): Stream {
    const known = this.#streams.get(stem)
    if (known) return known
    const row = this.#statements.lastAnswerCells.get(this.#bucketId, stem) as [number] | undefined
    const stream = { highest: row?.[0] ?? -1, added: new Map<number, string>() }
    this.#streams.set(stem, stream)
    return stream
  }

  /** The rows that count have no number in common, so that one look-up finds the only one. */
  #findStored({ stem, number }: AnswerKey, now: number): string | undefined {
    const row = this.#statements.answersFrom.get(this.#bucketId, stem, number, now)
    if (!row) return undefined
    const { first, answers } = row as { first: number; answers: string }
    if (number < first) return undefined
    const all = JSON.parse(answers) as unknown[]
    return JSON.stringify(all[number - first])
  }
}

type Numbered = readonly [number: number, answer: string]

/** Answers whose numbers follow one another without a gap, each run of them a row. */
function runsOf(added: ReadonlyMap<number, string>): Numbered[][] {
  const runs: Numbered[][] = []
  let run: Numbered[] = []
  let length = 0
  for (const each of [...added].sort(([left], [right]) => left - right)) {
    const last = run.at(-1)
    if (last && (each[0] !== last[0] + 1 || length >= rowLengthMax)) {
      runs.push(run)
      run = []
      length = 0
    }
    run.push(each)
    length += each[1].length
  }
  if (run.length > 0) runs.push(run)
  return runs
}
