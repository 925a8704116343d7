import { KvasirError } from 'kvasir'
import { mediaTypes } from 'kvasir/protocol'
import type { BodyShare } from '../limits/body-budget.ts'
import { smallBodyBytes } from '../limits/server-limits.ts'
import type { AppContext } from './route.ts'

/** The media type that a body claims, without parameters; `''` when it claims none. */
export function mediaTypeOf({ req }: AppContext): string {
  const [mediaType = ''] = (req.header('content-type') ?? '').split(';')
  return mediaType.trim().toLowerCase()
}

/** Whether the request comes with a body, as its headers say. */
export function hasBody({ req }: AppContext): boolean {
  const length = req.header('content-length')
  if (length !== undefined) return length !== '0'
  return req.header('transfer-encoding') !== undefined
}

/**
 * The body of a request that takes JSON, as text.
 *
 * @throws {KvasirError} `KV_UNSUPPORTED_MEDIA_TYPE`, `KV_TOO_LARGE`, `KV_MALFORMED_BODY`
 */
export async function readJsonBody(context: AppContext, bytesMax: number): Promise<string> {
  if (mediaTypeOf(context) !== mediaTypes.json) {
    throw unsupportedMediaType(context, `Content-Type: ${mediaTypes.json}`)
  }
  const text = decodeUtf8(await readBody(context, bytesMax))
  if (text.trim() !== '') return text
  throw malformed('The body is empty. Send JSON.')
}

/**
 * The body's bytes, of which no more are read than may be there.
 *
 * @throws {KvasirError} `KV_UNSUPPORTED_MEDIA_TYPE`, `KV_TOO_LARGE`, `KV_MALFORMED_BODY`
 */
export async function readBody(context: AppContext, most: number): Promise<Uint8Array> {
  const { req } = context
  const share = context.get('bodyShare')
  const bytesMax = Math.min(most, share.bytesMax)
  const encoding = req.header('content-encoding') ?? 'identity'
  if (encoding !== 'identity') {
    throw new KvasirError(
      'KV_UNSUPPORTED_MEDIA_TYPE',
      'The body has a Content-Encoding. Send it as it is.',
      { outcome: 'not-applied' },
    )
  }
  const length = req.header('content-length')
  if (length !== undefined && Number(length) > bytesMax) throw tooLarge(bytesMax)
  try {
    // The transport sees to it that no more comes than the header says.
    const isBounded = length !== undefined && req.header('transfer-encoding') === undefined
    const isSmall = isBounded && Number(length) <= smallBodyBytes
    if (isSmall || !req.raw.body) return new Uint8Array(await req.arrayBuffer())
    return await readUpTo(bytesMax, req.raw.body, share)
  } catch (error) {
    if (KvasirError.is(error)) throw error
    throw malformed(
      'The body is cut off: it ended before its length, or its connection did.',
      error,
    )
  }
}

/** @throws {KvasirError} `KV_MALFORMED_BODY` */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw malformed('The body is not UTF-8.', cause)
  }
}

export function unsupportedMediaType(context: AppContext, send: string): KvasirError {
  const given = mediaTypeOf(context)
  const has = given === '' ? 'no Content-Type' : `the Content-Type ${JSON.stringify(given)}`
  return new KvasirError(
    'KV_UNSUPPORTED_MEDIA_TYPE',
    `The body has ${has}, which is not taken here. Send "${send}".`,
    { outcome: 'not-applied' },
  )
}

async function readUpTo(
  bytesMax: number,
  body: ReadableStream<Uint8Array>,
  share: BodyShare,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > bytesMax) throw tooLarge(bytesMax)
    share.take(chunk.byteLength)
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let start = 0
  for (const chunk of chunks) {
    whole.set(chunk, start)
    start += chunk.byteLength
  }
  return whole
}

function tooLarge(bytesMax: number): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `The body is larger than the ${bytesMax} bytes that are taken here. Split it.`,
    { outcome: 'not-applied', details: { bytesMax } },
  )
}

function malformed(message: string, cause?: unknown): KvasirError {
  return new KvasirError('KV_MALFORMED_BODY', message, { outcome: 'not-applied', cause })
}
