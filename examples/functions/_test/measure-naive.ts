/**
 * `npm run naive`: what becomes of 1,000 requests, 50 at a time, in the functions that the guide
 * prints, with the store in the process and behind a server.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from 'kvasir'
import { type FunctionHost, serveEmbedded, serveRemote } from './function-host.ts'
import { readGuideFunctions } from './guide-functions.ts'
import { type Answer, call, statusesOf } from './http-client.ts'

const requests = 1000
const atOnce = 50

/** For each subject of the guide, what its requests have come to. */
const outcomes: Readonly<Record<string, (run: Run) => Promise<string>>> = {
  counter: async ({ kv }) => `${await kv.get('visits')} visits are counted`,
  limit: async ({ statuses }) => `${statuses[200]} requests pass a limit of 10`,
  list: async ({ kv }) => `${(await kv.get<string[]>('names'))?.length} names are in the list`,
  lock: async ({ kv, statuses }) =>
    `${statuses[200]} were given the lock, and ${await kv.get('sales')} sales are counted`,
  cache: async ({ kv }) => `it was loaded ${await kv.get('loads')} times`,
}

interface Run {
  readonly kv: ReturnType<ReturnType<Store['project']>['kv']>
  readonly statuses: Readonly<Record<number, number>>
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-naive-'))
  for (const [file, code] of await readGuideFunctions())
    await writeFile(join(directory, file), code)
  for (const [place, serve] of [
    ['embedded', serveEmbedded],
    ['remote', serveRemote],
  ] as const) {
    await using host = await serve(directory)
    for (const subject of Object.keys(outcomes)) await measure(place, host, subject)
  }
  await rm(directory, { recursive: true, force: true })
}

async function measure(place: string, { url, store }: FunctionHost, subject: string) {
  for (const kind of ['naive', 'right']) {
    const kv = store.project().kv()
    await kv.clear()
    const answers = await callAll(url, `/${kind}-${subject}`)
    const outcome = await outcomes[subject]?.({ kv, statuses: statusesOf(answers) })
    console.log(`${place}, ${kind} ${subject}: ${outcome}`)
  }
}

/** Makes all requests, so many at once: as soon as one is answered, the next begins. */
async function callAll(url: string, path: string): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = 0
  const client = async () => {
    for (let index = next++; index < requests; index = next++) {
      answers.push(await call(url, { line: `GET ${path}?name=name-${index}` }))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  return answers
}

void main() // It fails as the process does.
