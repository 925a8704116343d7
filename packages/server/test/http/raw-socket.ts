import { connect, type Socket } from 'node:net'

/** A connection on which the tests write what no HTTP client would. */
export class RawSocket {
  readonly #socket: Socket
  readonly #closed: Promise<void>
  #received = ''
  #onData: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#received += text
      this.#onData()
    })
    socket.on('error', () => undefined)
    this.#closed = new Promise((resolve) => socket.on('close', () => resolve()))
  }

  static open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new RawSocket(socket)))
      socket.once('error', reject)
    })
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  /** Says that no more will come, as a client that is cut off does. */
  end(): void {
    this.#socket.end()
  }

  /** Everything received until the other side closed. */
  async untilClosed(): Promise<string> {
    await this.#closed
    return this.#received
  }

  /** Everything received until the text has come. */
  async until(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#onData = resolve
      })
    }
    return this.#received
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
