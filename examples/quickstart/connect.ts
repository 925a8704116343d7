/** What the programs share: where the server is, patience with it, the command line, the output. */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { KvasirError, openStore, type Store } from 'kvasir'

const attemptsMax = 300

/** Opens the store behind the server at `KVASIR_URL`, with the token in `KVASIR_TOKEN`. */
export function connect(): Promise<Store> {
  const { KVASIR_URL = 'http://127.0.0.1:7450', KVASIR_TOKEN } = process.env
  if (!KVASIR_TOKEN) throw new Error('Set KVASIR_TOKEN to what `kvasir token create` printed.')
  return openStore(KVASIR_URL, { token: KVASIR_TOKEN })
}

/**
 * Makes a call again while the server is away. Kvasir repeats calls by itself for a moment, and
 * applies them once; this is for longer, and for calls that may be made again without harm.
 */
export async function patiently<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!KvasirError.is(error) || !error.retryable || attempt === attemptsMax) throw error
      console.error(`${error.message} Trying again.`)
      await setTimeout(1000)
    }
  }
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
