/** What the programs share: where the server is, what may be said to it, and how they stop. */
import { parseArgs } from 'node:util'
import { openStore, type Store } from 'kvasir'

/** Opens the store behind the server at `KVASIR_URL`, with the token in `KVASIR_TOKEN`. */
export function connect(): Promise<Store> {
  const { KVASIR_URL = 'http://127.0.0.1:7450', KVASIR_TOKEN } = process.env
  if (!KVASIR_TOKEN) throw new Error('Set KVASIR_TOKEN to what `kvasir token create` printed.')
  return openStore(KVASIR_URL, { token: KVASIR_TOKEN })
}

/** The command line: words, and the `--country` that the program is to keep to. */
export function readArguments(): { words: string[]; country?: string } {
  const { values, positionals } = parseArgs({
    options: { country: { type: 'string' } },
    allowPositionals: true,
  })
  return { words: positionals, ...values }
}

/** Prints one line of JSON, a result for other programs. Words for people go to stderr. */
export function print(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
