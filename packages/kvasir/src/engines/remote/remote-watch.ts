import type { Watch, WatchEvent, WatchQuery } from '../../engine/engine.ts'
import type { Revision } from '../../engine/entry.ts'
import { onAbort } from '../../engine/on-abort.ts'
import { fromProblem } from '../../errors/problem.ts'
import { badAnswer } from '../../protocol/bad-answer.ts'
import type { StreamEvent } from '../../protocol/event-stream.ts'
import { readEvent } from '../../protocol/wire-entry.ts'
import { badResponse } from './answer.ts'
import type { RemoteRequest } from './connection.ts'
import { EventSourceStream } from './event-source-stream.ts'
import { backoffMs, isPassing, toLostConnection } from './failures.ts'

export interface RemoteWatchParts {
  /** Asks for the stream of the watch's bucket. */
  readonly connect: (
    parameters: Pick<RemoteRequest, 'query' | 'headers' | 'signal'>,
  ) => Promise<Response>
  readonly onClose: () => void
  readonly signal?: AbortSignal
  readonly reconnectMs?: number
  readonly silenceMs?: number
}

const reconnectMsDefault = 5 * 60_000
const silenceMsDefault = 45_000
const openingMs = 10_000

/**
 * A watch over event streams: when one is lost, the next goes on from the last revision seen, so
 * that its reader notices nothing but the delay.
 */
export class RemoteWatch implements Watch {
  readonly ready: Promise<void>
  readonly #query: WatchQuery
  readonly #parts: RemoteWatchParts
  readonly #stop = new AbortController()
  readonly #events: AsyncGenerator<WatchEvent>
  /** Everything up to this revision has been passed on. */
  #position: Revision | undefined
  /** Up to where it has been passed on that there is a gap. */
  #gapTo: Revision = 0
  #isSynced = false
  #isOpening = true

  constructor(query: WatchQuery, parts: RemoteWatchParts) {
    this.#query = query
    this.#parts = parts
    this.#position = query.since
    const forget = onAbort(parts.signal, () => this.#stop.abort())
    onAbort(this.#stop.signal, () => {
      forget()
      parts.onClose()
    })

    const first = this.#open(openingMs)
    this.ready = first
      .then(() => undefined)
      .finally(() => {
        this.#isOpening = false
      })
    this.ready.catch(() => {
      // Whoever only iterates meets the error there.
    })
    this.#events = this.#run(first)
  }

  /** Whether the server has not yet said that the watch is in place. */
  get isOpening(): boolean {
    return this.#isOpening
  }

  async close(): Promise<void> {
    this.#stop.abort()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchEvent> {
    return {
      next: () => this.#events.next(),
      return: async () => {
        this.#stop.abort()
        return this.#events.return(undefined)
      },
    }
  }

  async *#run(first: Promise<EventSourceStream | undefined>): AsyncGenerator<WatchEvent> {
    try {
      for (let stream = await first; stream; stream = await this.#reopen()) {
        for (;;) {
          const next = await stream.next()
          if (!next || this.#isStopped) break
          const event = this.#take(next)
          if (event) yield event
          if (this.#isStopped) return
        }
        stream.close()
        if (this.#isStopped) return
      }
    } finally {
      this.#stop.abort()
    }
  }

  /** What the reader gets to see of an event, if anything. */
  #take({ event: name, data, id }: StreamEvent): WatchEvent | undefined {
    if (name === 'ready') return undefined
    if (data === '') return this.#pass(id)
    const content = parse(data)
    if (name === 'error') {
      const error = fromProblem(content) ?? badResponse(200)
      // The server is going away, and its successor knows how to go on.
      if (isPassing(error)) return undefined
      throw error
    }
    const event = readEvent(data)
    if (this.#isKnown(event, id)) return undefined
    if (event.kind === 'synced') this.#isSynced = true
    if (event.kind === 'gap') this.#gapTo = event.to
    this.#pass(id)
    return event
  }

  /** Everything up to here has come, or was for others. */
  #pass(id: string | undefined): undefined {
    if (id !== undefined) this.#position = Math.max(Number(id), this.#position ?? 0)
  }

  /** Whether it has come before, over a stream that was lost. */
  #isKnown(event: WatchEvent, id: string | undefined): boolean {
    if (event.kind === 'synced') return this.#isSynced
    if (event.kind === 'gap') return event.to <= this.#gapTo
    return Number(id) <= (this.#position ?? 0)
  }

  /** A new stream in place of a lost one. */
  #reopen(): Promise<EventSourceStream | undefined> {
    return this.#open(this.#parts.reconnectMs ?? reconnectMsDefault)
  }

  /** Tries until there is a stream, the time is up, or the watch has been stopped. */
  async #open(patienceMs: number): Promise<EventSourceStream | undefined> {
    const startMs = performance.now()
    for (let attempt = 1; !this.#isStopped; attempt++) {
      try {
        return await this.#connect()
      } catch (thrown) {
        if (this.#isStopped) return undefined
        const error = toLostConnection(thrown)
        if (!isPassing(error) || performance.now() - startMs > patienceMs) throw error
        await this.#sleep(backoffMs(attempt))
      }
    }
    return undefined
  }

  async #connect(): Promise<EventSourceStream> {
    const { key, prefix, initial } = this.#query
    const isInMidst = this.#position !== undefined && initial && !this.#isSynced
    const since = initial && !this.#isSynced ? undefined : this.#position
    const response = await this.#parts.connect({
      query: { key, prefix, since, initial: initial && !this.#isSynced ? true : undefined },
      headers: {
        accept: 'text/event-stream',
        ...(isInMidst && { 'last-event-id': String(this.#position) }),
      },
      signal: this.#stop.signal,
    })
    const stream = new EventSourceStream(response, {
      silenceMs: this.#parts.silenceMs ?? silenceMsDefault,
      signal: this.#stop.signal,
    })
    const ready = await stream.next()
    if (ready?.event === 'ready') {
      this.#pass(ready.id)
      return stream
    }
    stream.close()
    if (ready) throw badResponse(response.status)
    throw toLostConnection(undefined)
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  async #sleep(delayMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    let forget: (() => void) | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, delayMs)
      forget = onAbort(this.#stop.signal, resolve)
    })
    clearTimeout(timer)
    forget?.()
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw badAnswer('an event whose data is not JSON')
  }
}
