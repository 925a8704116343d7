import { connect, type Socket } from 'node:net'

/**
 * Only who writes is told that a connection is cut which is not read from; and anything but empty
 * lines, which may stand before a request, would be a reason to cut it.
 */
export const harmless = '\r\n'

/** A connection on which the tests write what no HTTP client would. */
export class RawSocket {
  readonly #socket: Socket
  readonly #closed: Promise<void>
  #received = ''
  #onData: () => void = () => undefined

  private constructor(socket: Socket, isReading: boolean) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('error', () => undefined)
    this.#closed = new Promise((resolve) => socket.on('close', () => resolve()))
    if (!isReading) return
    socket.on('data', (text: string) => {
      this.#received += text
      this.#onData()
    })
  }

  /** With `isReading: false` it never takes anything off the connection. */
  static open(url: string, { isReading = true } = {}): Promise<RawSocket> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        resolve(new RawSocket(socket, isReading)),
      )
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

  /** Resolves once the other side has cut the connection, whether anything was read or not. */
  async untilReset(): Promise<void> {
    const probe = setInterval(() => this.#socket.write(harmless), 20)
    await this.#closed
    clearInterval(probe)
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
