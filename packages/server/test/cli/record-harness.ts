/** Runs `kvasir record …` on a data directory, or on a server over one. */
import { onTestFinished } from 'vitest'
import {
  dataDirectoryWith,
  type Ended,
  type Given,
  kvasir,
  startKvasir,
} from './command-harness.ts'

export interface RecordStage {
  readonly data: string
  /** Runs `kvasir record` with the words, and where the store is. */
  run(words: readonly string[], given?: Given): Promise<Ended>
  /** What a command printed as JSON. */
  json(verb: string, ...words: string[]): Promise<unknown>
}

export type Way = '--data' | '--url'

export async function openStage(
  values: Readonly<Record<string, unknown>> = {},
  way: Way = '--data',
): Promise<RecordStage> {
  const data = await dataDirectoryWith(values)
  const place = way === '--data' ? ['--data', data] : ['--url', await serve(data)]
  const run: RecordStage['run'] = ([verb = '', ...words], given) =>
    kvasir(['record', verb, ...place, ...words], given)
  const json: RecordStage['json'] = async (verb, ...words) => {
    const { stdout } = await run([verb, '--json', ...words])
    return JSON.parse(stdout)
  }
  return { data, run, json }
}

/** Serves the directory in this process until the test is over; answers the address. */
export async function serve(data: string): Promise<string> {
  const stop = new AbortController()
  const argv = ['serve', '--port', '0', '--no-auth', '--data', data]
  const serving = startKvasir(argv, { signal: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await serving.ended
  })
  await serving.stdout.until('\n')
  const [url = ''] = /http:\/\/[^\s"]+/.exec(serving.stdout.text) ?? []
  return url
}
