import { connect, type Socket } from 'node:net'
import { harmless } from '../http/raw-socket.ts'

/** A subscriber to a watch, over a connection of its own, that counts instead of keeping. */
export class Subscriber {
  readonly #socket: Socket
  readonly ready: Promise<void>
  readonly closed: Promise<void>
  /** What was wrong with the order of the events: each has to follow the one before. */
  offences = 0
  last = 0
  #rest = ''
  #onGoal: () => void = () => undefined
  #goal = Number.POSITIVE_INFINITY

  constructor(url: string, { path, token }: { path: string; token: string }) {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    this.ready = new Promise((resolve, reject) => {
      socket.once('close', () => reject(new Error('The watch was refused.')))
      socket.on('data', (text: string) => {
        this.#take(text)
        if (text.includes('event: ready')) resolve()
      })
    })
    this.ready.catch(() => undefined) // It matters only to those who wait for it.
    socket.write(`GET ${path} HTTP/1.1\r\nHost: kv.test\r\nAuthorization: Bearer ${token}\r\n\r\n`)
  }

  /** Reads no more from now on. */
  stall(): void {
    this.#socket.pause()
  }

  /** Resolves once the event of that id has come. */
  until(id: number): Promise<void> {
    this.#goal = id
    return new Promise((resolve) => {
      this.#onGoal = resolve
      if (this.last >= id) resolve()
    })
  }

  /** Resolves once the server has cut the connection of one that does not read. */
  async untilReset(): Promise<void> {
    const probe = setInterval(() => this.#socket.write(harmless), 100)
    await this.closed
    clearInterval(probe)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('id: ')) continue
      const id = Number(line.slice(4))
      if (id !== this.last + 1 && id !== 0) this.offences++
      this.last = id
    }
    if (this.last >= this.#goal) this.#onGoal()
  }
}
