/**
 * What the example does with its flows, and what came of it, in figures: the test compares them, and
 * `flows.ts` tells them. Every flow runs over HTTP, with a token.
 */
import { join } from 'node:path'
import { openStore } from 'kvasir'
import { readFlow } from './flow-file.ts'
import { createCall, type Place } from './functions.ts'
import { type LocalApi, startLocalApi, type WordEntry, wordEntries } from './local-api.ts'
import type { Json } from './references.ts'
import { type RunOptions, runFlow } from './run-flow.ts'
import { serveStore } from './served-store.ts'

/** An item of `kv-key-list`. */
interface Item extends WordEntry {
  readonly sequence: number
}

/** Looks words up through a cache, before and after what it keeps of one has expired. */
export async function cacheAside() {
  await using place = await serveStore()
  await using api = await startLocalApi()

  const miss = await lookUp({ place, api }, 'raven')
  const hits = [await lookUp({ place, api }, 'raven'), await lookUp({ place, api }, 'raven')]
  const otherWord = await lookUp({ place, api }, 'thought')
  const ttlMs = await expireNow(place, 'word.raven')
  const afterExpiry = await lookUp({ place, api }, 'raven')
  const hitAgain = await lookUp({ place, api }, 'raven')
  return { miss, hits, otherWord, ttlMs, afterExpiry, hitAgain }
}

/** Sets flags, takes a bad value back, and lets two people change the same flag. */
export async function featureFlags() {
  await using place = await serveStore()
  const search = { name: 'search', value: { on: false } }
  await run(place, 'set-flags', { input: { flags: [search, checkout(10)] } })
  await run(place, 'set-flags', { input: { flags: [checkout(100)] } })

  const rolledBack = await rollBack(place, {})
  await run(place, 'set-flags', { input: { flags: [checkout(50)] } })
  // Whoever saw the flag at revision 4 does not know of the 50 percent, and must not undo them.
  const conflict = await rollBack(place, { seen: 4, to: 3 })
  const secondTry = await rollBack(place, { seen: 5, to: 2 })

  const at = { bucket: 'feature-flags', key: 'checkout' }
  const { body } = await createCall(place)('kv-key-history', at)
  const { items } = body as unknown as { items: Item[] }
  const history = items.map(({ sequence, value }) => ({ sequence, value: JSON.parse(value) }))
  return { rolledBack, conflict, secondTry, history }
}

/** Imports a dictionary from the API, then goes through all of it and compares each word. */
export async function importAndRead() {
  await using place = await serveStore()
  await using api = await startLocalApi()
  const items: Item[] = []

  const imported = await run(place, 'import-words', { input: { api: api.url } })
  const read = await run(place, 'read-words', {
    onAnswer: (_, { body }) => items.push(...(body as unknown as { items: Item[] }).items),
  })

  const wanted = new Map(wordEntries.map(({ key, value }) => [key, value]))
  const keys = new Set(items.map(({ key }) => key))
  return {
    words: wanted.size,
    imported,
    read,
    seen: items.length,
    seenTwice: items.length - keys.size,
    missing: wordEntries.filter(({ key }) => !keys.has(key)).length,
    different: items.filter(({ key, value }) => wanted.get(key) !== value).length,
    outOfOrder: items.filter(({ sequence }, index) => sequence !== index + 1).length,
  }
}

/** What the look-up of a word answered, and how often the API had been asked by then. */
async function lookUp({ place, api }: { place: Place; api: LocalApi }, word: string) {
  const answer = await run(place, 'look-up', { input: { api: api.url, word } })
  return { answer, asked: api.hits() }
}

function checkout(percent: number): Json {
  return { name: 'checkout', value: { percent } }
}

function rollBack(place: Place, choice: { seen?: number; to?: number }): Promise<Json> {
  return run(place, 'roll-back-flag', { input: { flag: 'checkout', ...choice } })
}

/** Lets a cached value expire at once; answers how long it would have lived. */
async function expireNow(place: Place, key: string): Promise<number | undefined> {
  await using store = await openStore(place.url, { token: place.token })
  const cache = store.project().kv({ bucket: 'pronunciations' })
  const ttlMs = await cache.ttl(key)
  await using changes = cache.watch({ prefix: key })
  await changes.ready
  await cache.expire(key, '1ms')
  for await (const { type } of changes) if (type === 'expire') break
  return ttlMs ?? undefined
}

/** Runs a flow of this example. */
async function run(
  place: Place,
  name: string,
  options: Pick<RunOptions, 'input' | 'onAnswer'>,
): Promise<Json> {
  const flow = await readFlow(join(import.meta.dirname, 'flows', `${name}.json`))
  return runFlow(flow, { call: createCall(place), ...options })
}
