import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { type Io, writeTo } from '../cli/io.ts'

/** Messages as lines on standard input and output, until the input ends and all is answered. */
export class IoTransport implements Transport {
  onmessage?: Transport['onmessage']
  onerror?: (error: Error) => void
  onclose?: () => void
  readonly #io: Io
  readonly #buffer = new ReadBuffer()
  readonly #unanswered = new Set<string | number>()
  #hasEnded = false

  constructor(io: Io) {
    this.#io = io
  }

  start(): Promise<void> {
    // The lines come for as long as the agent lives; `onclose` tells of their end.
    void this.#read()
    return Promise.resolve()
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await writeTo(this.#io.stdout, serializeMessage(message))
    if (!('method' in message) && message.id !== undefined) this.#unanswered.delete(message.id)
    this.#closeIfDone()
  }

  close(): Promise<void> {
    this.onclose?.()
    return Promise.resolve()
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#io.stdin) {
        this.#buffer.append(Buffer.from(chunk))
        this.#takeMessages()
      }
    } catch (error) {
      this.onerror?.(error as Error)
    }
    this.#hasEnded = true
    this.#closeIfDone()
  }

  #takeMessages(): void {
    for (let isMore = true; isMore; ) {
      try {
        const message = this.#buffer.readMessage()
        isMore = message !== null
        if (message) this.#take(message)
      } catch (error) {
        this.onerror?.(error as Error) // A line that is no message; the next may be one.
      }
    }
  }

  #take(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) this.#unanswered.add(message.id)
    this.onmessage?.(message)
  }

  #closeIfDone(): void {
    if (this.#hasEnded && this.#unanswered.size === 0) void this.close()
  }
}
