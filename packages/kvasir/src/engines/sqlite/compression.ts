import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { limits } from '../../codec/limits.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'

// Raw deflate and not Brotli: on JSON of 1 KB and 10 KB, Brotli needed twice the time to become
// smaller. Beyond level 3, deflate gained 5 % for half as much time again.
const level = 3

/** Below this, values hardly ever become smaller, and trying costs as much as writing them. */
const bytesMin = 64

/** A value compressed, if that makes it smaller; `saved` is by how many bytes. */
export function compress(
  value: string | Uint8Array,
): { readonly data: Uint8Array; readonly saved: number } | undefined {
  const plain = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  if (plain.byteLength < bytesMin) return undefined
  const data = deflateRawSync(plain, { level })
  const saved = plain.byteLength - data.byteLength
  return saved > 0 ? { data, saved } : undefined
}

/** @throws {KvasirError} `KV_CORRUPT` when it is nothing that `compress` has made. */
export function decompress(data: string | Uint8Array): Uint8Array {
  try {
    const plain = inflateRawSync(data, { maxOutputLength: limits.valueBytesMax })
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength)
  } catch (cause) {
    throw new KvasirError(
      'KV_CORRUPT',
      'A compressed value in the store is damaged. Restore the data directory from a backup.',
      { cause },
    )
  }
}
