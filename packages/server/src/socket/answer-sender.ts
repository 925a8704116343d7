import { FrameWriter } from 'kvasir/protocol'
import { WebSocket } from 'ws'
import type { Answer } from './question.ts'

/**
 * A frame of so many bytes leaves before the turn is over: while the client works on it, so does
 * the server on the next one. With one more answer, most still go in one slice.
 */
const frameBytesMost = 14 * 1024
/**
 * So many answers to reads make a frame as well, however small: a client that works on some while
 * the server looks up the next asks again sooner. Not so answers to writes, whose callers would
 * then write in smaller groups, each a transaction.
 */
const readsMost = 16
/** Small enough to show that a client takes its answers, as those of requests do. */
const sliceBytes = 16 * 1024
const sentAheadBytes = 64 * 1024

export interface SendingListener {
  /** The client has taken something. */
  onTaken(): void
  /** Everything has left that there was. */
  onSent(): void
}

/** Sends answers as frames, and those in slices, as the client takes them. */
export class AnswerSender {
  readonly #socket: WebSocket
  readonly #listener: SendingListener
  /** The answers that are on their way next. */
  readonly frame = new FrameWriter()
  readonly #full: Uint8Array[] = []
  #fullBytes = 0
  #at = 0
  #isFlushing = false

  constructor(socket: WebSocket, listener: SendingListener) {
    this.#socket = socket
    this.#listener = listener
  }

  /** How much there is that the client has not taken yet. */
  get waitingBytes(): number {
    return this.frame.length + this.#fullBytes + this.#socket.bufferedAmount
  }

  get isEmpty(): boolean {
    return this.frame.isEmpty && this.#full.length === 0
  }

  add(answer: Answer): void {
    answer(this.frame)
    this.flushIfFull()
    this.flushLater()
  }

  flushIfFull(): void {
    if (this.frame.length >= frameBytesMost) this.flush()
  }

  /** As `flushIfFull`, where what was answered is a read. */
  flushReads(): void {
    if (this.frame.messages >= readsMost) this.flush()
    else this.flushIfFull()
  }

  /** What is done in this turn of the event loop leaves as one frame. */
  flushLater(): void {
    if (this.#isFlushing || this.frame.isEmpty) return
    this.#isFlushing = true
    setImmediate(() => {
      this.#isFlushing = false
      this.flush()
    })
  }

  /** Sends what there is, as far as the client takes it. */
  flush(): void {
    if (this.frame.isEmpty) return
    const frame = this.frame.take()
    this.#full.push(frame)
    this.#fullBytes += frame.byteLength
    this.#pump()
  }

  readonly #pump = (): void => {
    const socket = this.#socket
    if (socket.readyState !== WebSocket.OPEN) this.#forget()
    for (let [frame] = this.#full; frame !== undefined; [frame] = this.#full) {
      if (socket.bufferedAmount >= sentAheadBytes) break
      const slice = frame.subarray(this.#at, this.#at + sliceBytes)
      this.#at += slice.byteLength
      this.#fullBytes -= slice.byteLength
      const fin = this.#at === frame.byteLength
      if (fin) this.#full.shift()
      if (fin) this.#at = 0
      socket.send(slice, { binary: true, fin }, this.#pump)
      if (this.#full.length === 0) this.#listener.onSent()
    }
    this.#listener.onTaken()
  }

  #forget(): void {
    this.#full.length = 0
    this.#fullBytes = 0
  }
}
