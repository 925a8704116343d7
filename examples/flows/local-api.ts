/**
 * An HTTP API to have something to cache and to import: the CMU Pronouncing Dictionary, word by word
 * at `/words/{word}` and in pages at `/words?from=0&limit=1000`. It counts how often it is asked.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dictionary } from 'cmu-pronouncing-dictionary'

export interface LocalApi extends AsyncDisposable {
  readonly url: string
  /** How often a word was asked for. */
  hits(): number
}

/** A word and how it is pronounced, as `kv-keys-put` takes it. */
export interface WordEntry {
  readonly key: string
  readonly value: string
}

/** All 135,155 of them. */
export const wordEntries: readonly WordEntry[] = Object.entries(dictionary).map(([key, value]) => ({
  key,
  value,
}))

/** Starts the API on any free port of this machine. */
export async function startLocalApi(): Promise<LocalApi> {
  let hits = 0
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    if (pathname === '/words') return sendPage(response, searchParams)
    hits++
    sendWord(response, decodeURIComponent(pathname.replace('/words/', '')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits: () => hits,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function sendWord(response: ServerResponse, word: string): void {
  const sounds = Object.hasOwn(dictionary, word) ? dictionary[word]?.split(' ') : undefined
  send(response, sounds ? 200 : 404, sounds ? { word, sounds } : { error: 'unknown word' })
}

function sendPage(response: ServerResponse, query: URLSearchParams): void {
  const from = Number(query.get('from') ?? 0)
  const end = from + Number(query.get('limit') ?? 1000)
  const entries = wordEntries.slice(from, end)
  send(response, 200, { entries, ...(end < wordEntries.length && { next: end }) })
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
