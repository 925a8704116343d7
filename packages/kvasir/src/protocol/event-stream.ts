/**
 * Server-sent events, as the HTML standard defines them: writing them, and reading them from bytes
 * that come in pieces of any size.
 */

export interface StreamEvent {
  readonly event: string
  readonly data: string
  readonly id?: string | undefined
}

export const eventStreamMediaType = 'text/event-stream'

/** `data` is JSON on one line. */
export function writeStreamEvent({ event, data, id }: StreamEvent): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`
}

/**
 * Takes the bytes of a stream piece by piece and gives the events that they complete. An id alone,
 * which the standard calls no event, comes as one whose data is empty.
 */
export class EventStreamReader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #pieces: string[] = []
  #endsInReturn = false
  #event = ''
  #data: string[] = []
  #id: string | undefined

  push(bytes: Uint8Array): StreamEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true })
    // CR LF is one line break, also when a piece ends between the two.
    if (this.#endsInReturn && text.startsWith('\n')) text = text.slice(1)
    else if (text === '') return []
    this.#endsInReturn = text.endsWith('\r')

    const lines = text.split(/\r\n|\n|\r/)
    const unfinished = lines.pop() ?? ''
    const events: StreamEvent[] = []
    for (const line of lines) {
      const event = this.#take(this.#pieces.join('') + line)
      this.#pieces = []
      if (event) events.push(event)
    }
    // A long line is put together once, at its end, and not again with each of its pieces.
    if (unfinished !== '') this.#pieces.push(unfinished)
    return events
  }

  #take(line: string): StreamEvent | undefined {
    if (line === '') return this.#finish()
    const colon = line.indexOf(':')
    if (colon === 0) return undefined
    const field = colon < 0 ? line : line.slice(0, colon)
    const rest = colon < 0 ? '' : line.slice(colon + 1)
    const value = rest.startsWith(' ') ? rest.slice(1) : rest
    if (field === 'event') this.#event = value
    if (field === 'data') this.#data.push(value)
    if (field === 'id') this.#id = value
    return undefined
  }

  #finish(): StreamEvent | undefined {
    const event = this.#event || 'message'
    const data = this.#data
    const id = this.#id
    this.#event = ''
    this.#data = []
    this.#id = undefined
    if (data.length === 0 && id === undefined) return undefined
    return { event, data: data.join('\n'), id }
  }
}
