/** One event of a stream, as the tests look at it. */
export interface SeenEvent {
  readonly event: string
  readonly id?: string
  readonly data: Record<string, unknown>
}

/** Reads a stream of events one by one. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor(response: Response) {
    if (!response.body) throw new Error('The response has no body.')
    this.#reader = response.body.getReader()
  }

  /** The next block, comments included; `undefined` at the end. */
  async block(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        return block
      }
      const { value, done } = await this.#reader.read()
      if (done) return undefined
      this.#text += this.#decoder.decode(value, { stream: true })
    }
  }

  async next(): Promise<SeenEvent | undefined> {
    const block = await this.block()
    if (block === undefined) return undefined
    if (block.startsWith(':')) return this.next()
    const fields = new Map(
      block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]),
    )
    const id = fields.get('id')
    const data = JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>
    return { event: fields.get('event') ?? '', ...(id !== undefined && { id }), data }
  }

  /** The next so many, as `event id key`. */
  async take(count: number): Promise<string[]> {
    const seen: string[] = []
    while (seen.length < count) {
      const next = await this.next()
      if (!next) break
      seen.push([next.event, next.id, next.data.key].filter((part) => part !== undefined).join(' '))
    }
    return seen
  }

  cancel(): Promise<void> {
    return this.#reader.cancel()
  }
}
