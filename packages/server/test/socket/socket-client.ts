import type { Socket } from 'node:net'
import { FrameWriter, readFrame, socketPath, socketProtocol, textOfValue } from 'kvasir/protocol'
import { WebSocket } from 'ws'

/** An answer as it came. */
export interface SocketReply {
  readonly id: number
  readonly status: number
  readonly rest: readonly unknown[]
  readonly text: string
}

/** A client that sends what it is told to, and waits for what it is told. */
export class SocketClient {
  readonly #socket: WebSocket
  readonly #replies: SocketReply[] = []
  /** How many answers each frame had that came. */
  readonly frameLengths: number[] = []
  readonly closed: Promise<number>
  #onReply: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        resolve(code)
        this.#onReply()
      })
    })
    socket.on('message', (frame: Buffer) => {
      const answers = readFrame(frame)
      this.frameLengths.push(answers.length)
      for (const { message, value } of answers) {
        const [id, status, , ...rest] = message
        this.#replies.push({ id, status: Number(status), rest, text: textOfValue(value) })
      }
      this.#onReply()
    })
  }

  static open(url: string, protocol = socketProtocol, path = socketPath): Promise<SocketClient> {
    const socket = new WebSocket(url.replace(/^http/, 'ws') + path, protocol)
    return new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () => resolve(new SocketClient(socket)))
    })
  }

  /** Opens and says hello. */
  static async greeted(url: string, token: string): Promise<SocketClient> {
    const client = await SocketClient.open(url)
    client.send([[0, 'hello', [token]]])
    await client.reply(0)
    return client
  }

  /** Sends messages in one frame, each with its value. */
  send(messages: [id: number, verb: string, rest: unknown[], value?: string][]): void {
    const frame = new FrameWriter()
    for (const [id, verb, rest, value] of messages) frame.add([id, verb], rest, value)
    this.#socket.send(frame.take())
  }

  /** Everything that has been answered. */
  get replies(): readonly SocketReply[] {
    return this.#replies
  }

  /** Reads no more from now on. */
  stall(): void {
    this.#socket.pause()
  }

  /** Resolves once the connection is gone, even when nothing of it is read. */
  gone(): Promise<void> {
    const { _socket: stream } = this.#socket as unknown as { _socket: Socket }
    return new Promise((resolve) => stream.once('close', () => resolve()))
  }

  sendBytes(bytes: Uint8Array | string): void {
    this.#socket.send(bytes)
  }

  /** The answer with this id. */
  async reply(id: number): Promise<SocketReply> {
    for (;;) {
      const found = this.#replies.find((reply) => reply.id === id)
      if (found) return found
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('The socket closed.')
      await new Promise<void>((resolve) => {
        this.#onReply = resolve
      })
    }
  }

  /** Asks one thing. */
  async ask(verb: string, rest: unknown[], value?: string): Promise<SocketReply> {
    const id = this.#replies.length + 1000
    this.send([[id, verb, rest, value]])
    return this.reply(id)
  }

  close(): void {
    this.#socket.terminate()
  }
}
