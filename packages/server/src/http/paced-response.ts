import { type IncomingMessage, ServerResponse } from 'node:http'

/** Large enough to cost nothing, and small enough to show that a client takes its answer. */
export const sliceBytes = 16 * 1024

/**
 * An answer whose body goes out piece by piece, as the client takes it. Handed over as a whole, a
 * large body would look the same whether the client reads slowly or not at all.
 */
export class PacedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  override end(...given: readonly unknown[]): this {
    const [body] = given
    const bytes = typeof body === 'string' ? toLargeBytes(body) : body
    if (!(bytes instanceof Uint8Array) || bytes.byteLength <= sliceBytes) {
      return super.end(...(given as Parameters<ServerResponse['end']>))
    }
    this.#writeFrom(bytes, 0)
    return this
  }

  #writeFrom(bytes: Uint8Array, start: number): void {
    for (let at = start; at < bytes.byteLength; at += sliceBytes) {
      const hasRoom = this.write(bytes.subarray(at, at + sliceBytes))
      if (hasRoom) continue
      this.once('drain', () => this.#writeFrom(bytes, at + sliceBytes))
      return
    }
    super.end()
  }
}

/** The bytes of a text; `undefined` when it is short enough to go out as it is. */
function toLargeBytes(text: string): Uint8Array | undefined {
  return text.length * 3 > sliceBytes ? Buffer.from(text) : undefined
}
