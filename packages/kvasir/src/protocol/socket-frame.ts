/**
 * Frames of the socket: many messages in one, each a JSON array, and behind them the values that
 * they speak of, as the bytes they are stored as. A frame is the length of the messages (four
 * bytes, little-endian), the messages as one JSON array, and the values in the messages' order.
 */
import { utf8Length } from '../codec/utf8.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { ByteRun, newBytes } from './byte-run.ts'

const headerBytes = 4
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whom or what it answers or asks, and how many bytes of values belong to it. */
export type SocketMessage = readonly [
  id: number,
  word: string | number,
  bytes: number,
  ...rest: readonly unknown[],
]

/** A frame in the making. */
export class FrameWriter {
  #head = ''
  #messages = 0
  readonly #values = new ByteRun()

  get isEmpty(): boolean {
    return this.#messages === 0
  }

  /** How much there is of it, roughly, and how much of that are messages. */
  get length(): number {
    return this.#values.length + this.#head.length
  }

  get headLength(): number {
    return this.#head.length
  }

  /** How many messages there are. */
  get messages(): number {
    return this.#messages
  }

  /** Adds a message, `rest` being what follows the first three members, with its value. */
  add(
    [id, word]: readonly [id: number, word: string | number],
    rest: readonly unknown[],
    value?: string | Uint8Array,
  ): void {
    const members = rest.length === 0 ? '' : `,${JSON.stringify(rest).slice(1, -1)}`
    this.addText(`${id},${JSON.stringify(word)}`, members, value)
  }

  /**
   * As `add`, with many values. `makeRest` is given what takes a value and answers how many bytes
   * it has.
   */
  addMany(
    [id, word]: readonly [id: number, word: string | number],
    makeRest: (addValue: (value: string | Uint8Array) => number) => readonly unknown[],
  ): void {
    const before = this.#values.length
    const rest = makeRest((value) => this.#values.add(value))
    const members = JSON.stringify([this.#values.length - before, ...rest]).slice(1)
    this.#head += `${this.#messages === 0 ? '[' : ',['}${id},${JSON.stringify(word)},${members}`
    this.#messages++
  }

  /**
   * As `add`, for those that most are: `head` has the id and the word as JSON text, and `rest` the
   * other members, with a comma before each.
   */
  addText(head: string, rest: string, value?: string | Uint8Array): void {
    const bytes = value === undefined ? 0 : this.#values.add(value)
    this.#head += `${this.#messages === 0 ? '[' : ',['}${head},${bytes}${rest}]`
    this.#messages++
  }

  /** The frame, after which another one begins. */
  take(): Uint8Array {
    const head = `[${this.#head}]`
    const headBytes = utf8Length(head)
    const frame = newBytes(headerBytes + headBytes + this.#values.length)
    for (let byte = 0; byte < headerBytes; byte++) frame[byte] = headBytes >>> (8 * byte)
    encoder.encodeInto(head, frame.subarray(headerBytes))
    this.#values.moveTo(frame, headerBytes + headBytes)
    this.#head = ''
    this.#messages = 0
    return frame
  }
}

/** What a frame may have. */
export interface FrameLimits {
  readonly messages: number
  readonly headBytes: number
}

/** A message with the bytes of its value, which are part of the frame. */
export interface OpenedMessage {
  readonly message: SocketMessage
  readonly value: Uint8Array
}

/**
 * The messages of a frame.
 *
 * @throws {KvasirError} `KV_MALFORMED_BODY`; `KV_TOO_LARGE` where there are limits.
 */
export function readFrame(frame: Uint8Array, limits?: FrameLimits): OpenedMessage[] {
  if (frame.byteLength < headerBytes) throw malformed()
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const headBytes = view.getUint32(0, true)
  let at = headerBytes + headBytes
  if (at > frame.byteLength) throw malformed()
  if (limits && headBytes > limits.headBytes) throw tooLarge(limits)
  const messages = parseMessages(frame.subarray(headerBytes, at))
  if (limits && messages.length > limits.messages) throw tooLarge(limits)
  const opened = messages.map((message) => {
    const value = frame.subarray(at, at + message[2])
    at += message[2]
    return { message, value }
  })
  if (at !== frame.byteLength) throw malformed()
  return opened
}

/**
 * A value's text.
 *
 * @throws {KvasirError} `KV_MALFORMED_BODY` when it is not UTF-8.
 */
export function textOfValue(value: Uint8Array): string {
  try {
    return decoder.decode(value)
  } catch (cause) {
    throw malformed(cause)
  }
}

function parseMessages(head: Uint8Array): SocketMessage[] {
  try {
    const messages: unknown = JSON.parse(decoder.decode(head))
    if (Array.isArray(messages) && messages.every(isMessage)) return messages
  } catch (cause) {
    throw malformed(cause)
  }
  throw malformed()
}

function isMessage(message: unknown): message is SocketMessage {
  if (!Array.isArray(message)) return false
  const [id, word, bytes] = message
  return (
    Number.isSafeInteger(id) &&
    (typeof word === 'string' || typeof word === 'number') &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0
  )
}

function tooLarge({ messages, headBytes }: FrameLimits): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `A frame takes ${messages} messages at most, which are ${headBytes} bytes without their values. Send several.`,
    { outcome: 'not-applied', details: { messagesMax: messages, headBytesMax: headBytes } },
  )
}

function malformed(cause?: unknown): KvasirError {
  return new KvasirError(
    'KV_MALFORMED_BODY',
    'The frame is not one of the socket: its lengths, its UTF-8 or its JSON do not hold.',
    { outcome: 'not-applied', cause },
  )
}
