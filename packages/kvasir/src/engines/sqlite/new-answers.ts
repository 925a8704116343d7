import type { AnswerKey } from './answer-keys.ts'
import type { KnownAnswers, LastAnswers } from './known-answers.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** A row with so much text takes no more: whoever looks for one answer reads all of the row. */
const rowLengthMax = 16 * 1024
/** Nor does one of an earlier transaction with so much, which is written anew with each answer. */
const grownLengthMax = 1024
/** All of a row is kept as long as its newest answer: the oldest is kept for so much longer. */
const growingMs = 1000

/** The answers to what one client has numbered, or to one key. */
interface Stream {
  /** What the tables have of it, to its highest number; -1: nothing. */
  stored: LastAnswers
  /** What this transaction has answered, as JSON, by number. */
  readonly added: Map<number, string>
}

const nothing: LastAnswers = { last: -1 }

/** What a transaction answers to idempotent commits in one bucket: written once, at its end. */
export class NewAnswers {
  readonly #statements: SqliteStatements
  readonly #known: KnownAnswers
  readonly #bucketId: number
  readonly #streams = new Map<string, Stream>()

  constructor(statements: SqliteStatements, known: KnownAnswers, bucketId: number) {
    this.#statements = statements
    this.#known = known
    this.#bucketId = bucketId
  }

  /** The answer that is kept under a key, as JSON, in this transaction or from before. */
  find({ stem, number }: AnswerKey, now: number): string | undefined {
    const { stored, added } = this.#stream(stem)
    // Nearly every commit has a number that is higher than any before it.
    if (number > stored.last) return added.get(number)
    return added.get(number) ?? this.#findStored({ stem, number }, now)
  }

  add({ stem, number }: AnswerKey, answer: string): void {
    this.#stream(stem).added.set(number, answer)
  }

  /** Forgets them: the bucket they belong to is emptied or removed. */
  clear(): void {
    this.#streams.clear()
  }

  write(keepUntil: number): void {
    for (const [stem, stream] of this.#streams) {
      for (const run of runsOf(stream.added)) this.#write({ stem, stream, run, keepUntil })
    }
  }

  /** After the commit: keeps where each stream has come to for the next transaction. */
  keep(): void {
    for (const [stem, { stored }] of this.#streams) {
      // A number of 0 is that of a key which does not come again.
      if (stored.last > 0) this.#known.keep(this.#bucketId, stem, stored)
    }
  }

  #stream(stem: string): Stream {
    const known = this.#streams.get(stem)
    if (known) return known
    const stored = this.#known.get(this.#bucketId, stem) ?? this.#lastStored(stem)
    const stream = { stored, added: new Map<number, string>() }
    this.#streams.set(stem, stream)
    return stream
  }

  #lastStored(stem: string): LastAnswers {
    const row = this.#statements.lastAnswerCells.get(this.#bucketId, stem) as [number] | undefined
    return row ? { last: row[0] } : nothing
  }

  /** The rows that count have no number in common, so that one look-up finds the only one. */
  #findStored({ stem, number }: AnswerKey, now: number): string | undefined {
    const row = this.#statements.answersFrom.get(this.#bucketId, stem, number, now)
    if (!row) return undefined
    const { first, last, answers } = row as { first: number; last: number; answers: string }
    if (number > last) return undefined
    const all = JSON.parse(answers) as unknown[]
    return JSON.stringify(all[number - first])
  }

  #write({ stem, stream, run, keepUntil }: NewRun): void {
    const [first, last] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? 0]
    const added = run.map(([, answer]) => answer).join()
    const { row, last: lastStored } = stream.stored
    const mayGrow = row !== undefined && keepUntil - row.begunAt < growingMs
    if (mayGrow && first === lastStored + 1 && added.length < grownLengthMax) {
      const answers = `${row.answers},${added}`
      this.#statements.addToAnswers.run(last, keepUntil, `[${answers}]`, row.id)
      stream.stored = lastAnswers(last, { ...row, answers })
      return
    }
    const cells = [this.#bucketId, stem, first, last, keepUntil, `[${added}]`] as const
    const id = Number(this.#statements.keepAnswers.run(...cells).lastInsertRowid)
    if (last < lastStored) return
    stream.stored = lastAnswers(last, { id, answers: added, begunAt: keepUntil })
  }
}

interface NewRun {
  readonly stem: string
  readonly stream: Stream
  readonly run: readonly Numbered[]
  readonly keepUntil: number
}

function lastAnswers(last: number, row: Required<LastAnswers>['row']): LastAnswers {
  return row.answers.length < grownLengthMax ? { last, row } : { last }
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
