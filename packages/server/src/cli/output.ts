import pc from 'picocolors'
import { type Io, writeTo } from './io.ts'

/** Where a command says what: results go to stdout, words to stderr. */
export class Output {
  /** Whether results are JSON: one document, or one a line where there are many. */
  readonly isJson: boolean
  readonly isTerminal: boolean
  readonly #io: Io

  constructor(io: Io, isJson: boolean) {
    this.#io = io
    this.isJson = isJson
    this.isTerminal = io.stdout.isTTY === true
  }

  line(text: string): Promise<void> {
    return writeTo(this.#io.stdout, `${text}\n`)
  }

  /** One JSON document on one line. */
  json(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value))
  }

  /** The chunk as it is, with nothing after it. */
  raw(chunk: string | Uint8Array): Promise<void> {
    return writeTo(this.#io.stdout, chunk)
  }

  /** Words for people. */
  say(text: string): Promise<void> {
    return writeTo(this.#io.stderr, `${text}\n`)
  }

  /** Rows under a heading, in columns. */
  async table(heading: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
    const widths = heading.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
    )
    const toLine = (row: readonly string[]): string =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
    await this.line(colorsFor(this.#io.stdout, this.#io.env).bold(toLine(heading)))
    for (const row of rows) await this.line(toLine(row))
  }
}

/** Colours for a stream: only on a terminal, and not if `NO_COLOR` says otherwise. */
export function colorsFor(stream: { readonly isTTY?: boolean }, env: Io['env']) {
  return pc.createColors(stream.isTTY === true && !env.NO_COLOR)
}
