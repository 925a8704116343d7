/** Reads the value that a command is to store. */
import { createReadStream } from 'node:fs'
import { KvasirError, limits } from 'kvasir'
import type { Io } from './io.ts'
import type { Output } from './output.ts'

export const valueTypes = ['text', 'json', 'bytes'] as const

export type ValueType = (typeof valueTypes)[number]

/** Where the bytes of a value are. */
export type ValueSource =
  | { readonly kind: 'argument'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin'; readonly stdin: Io['stdin'] }

/** @throws {KvasirError} `KV_INVALID_VALUE`, `KV_TOO_LARGE`, `KV_INVALID_ARGUMENT`. */
export async function readValue(source: ValueSource, type: ValueType): Promise<unknown> {
  const bytes = await readBytes(source)
  if (type === 'bytes') return bytes
  const text = decodeText(bytes)
  return type === 'json' ? parseJson(text) : text
}

/** Tells a person in front of a terminal that the value is waited for. */
export async function sayHowToEnd(source: ValueSource, out: Output): Promise<void> {
  if (source.kind !== 'stdin' || !source.stdin.isTTY) return
  await out.say('Type the value; Ctrl-D ends it.')
}

async function readBytes(source: ValueSource): Promise<Uint8Array> {
  switch (source.kind) {
    case 'argument':
      return Buffer.from(source.text)
    case 'stdin':
      return readAll(source.stdin)
    case 'file':
      try {
        return await readAll(createReadStream(source.path))
      } catch (cause) {
        if (KvasirError.is(cause)) throw cause
        throw new KvasirError(
          'KV_INVALID_ARGUMENT',
          `The file ${JSON.stringify(source.path)} cannot be read. Check its path and permissions.`,
          { cause, outcome: 'not-applied' },
        )
      }
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const read: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.byteLength
    // Said here, because reading on could fill the memory.
    if (bytes > limits.valueBytesMax) throw tooLarge()
    read.push(buffer)
  }
  return Buffer.concat(read)
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new KvasirError(
      'KV_INVALID_VALUE',
      'The value is not valid UTF-8 text. Store it with --type bytes.',
      { cause, outcome: 'not-applied' },
    )
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new KvasirError(
      'KV_INVALID_VALUE',
      'The value is not JSON. Correct it, or store it as it is with --type text.',
      { cause, outcome: 'not-applied' },
    )
  }
}

function tooLarge(): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `A value takes ${limits.valueBytesMax} bytes at most (valueBytesMax); the input is longer.`,
    { outcome: 'not-applied' },
  )
}
