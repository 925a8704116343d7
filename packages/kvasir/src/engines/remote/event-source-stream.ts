import {
  EventStreamReader,
  eventStreamMediaType,
  type StreamEvent,
} from '../../protocol/event-stream.ts'
import { badResponse } from './answer.ts'

/** The events of one response, taken from it no faster than they are asked for. */
export class EventSourceStream {
  readonly #bytes: ReadableStreamDefaultReader<Uint8Array>
  readonly #reader = new EventStreamReader()
  readonly #silenceMs: number
  readonly #signal: AbortSignal
  #events: StreamEvent[] = []

  /** @throws {KvasirError} `KV_BAD_RESPONSE` when the response is no event stream. */
  constructor(response: Response, options: { silenceMs: number; signal: AbortSignal }) {
    const isStream = response.headers.get('content-type')?.startsWith(eventStreamMediaType)
    if (!isStream || !response.body) throw badResponse(response.status)
    this.#bytes = response.body.getReader()
    this.#silenceMs = options.silenceMs
    this.#signal = options.signal
  }

  /**
   * The next event; `undefined` when the stream has ended, was lost, fell silent or was stopped.
   */
  async next(): Promise<StreamEvent | undefined> {
    while (this.#events.length === 0) {
      const bytes = await this.#read()
      if (!bytes) return undefined
      this.#events = this.#reader.push(bytes)
    }
    return this.#events.shift()
  }

  close(): void {
    this.#bytes.cancel().catch(() => {
      // Lost already, which is as good as closed.
    })
  }

  #read(): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const stop = (): void => {
        this.close()
        finish(undefined)
      }
      const finish = (bytes: Uint8Array | undefined): void => {
        clearTimeout(timer)
        this.#signal.removeEventListener('abort', stop)
        resolve(bytes)
      }
      const timer = setTimeout(stop, this.#silenceMs)
      this.#signal.addEventListener('abort', stop, { once: true })
      if (this.#signal.aborted) return stop()
      this.#bytes.read().then(
        ({ value }) => finish(value),
        () => finish(undefined), // A lost connection is an end like any other here.
      )
    })
  }
}
