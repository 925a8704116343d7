import { KvasirError } from '../errors/kvasir-error.ts'
import { parseSecretsKeys, type SecretsKeys } from './secrets-key.ts'

/** A key that can be used and never read, with the name that its secrets carry. */
export interface RingKey {
  readonly id: string
  readonly key: CryptoKey
}

/** The keys of a store: the first encrypts, all of them decrypt. */
export interface KeyRing {
  readonly first: RingKey
  find(id: string): RingKey | undefined
}

// Tells the name of a key from every other hash that somebody might take of its bytes.
const idPrefix = 'kvasir secrets key id:'
const idBytes = 8

/**
 * Takes keys into use.
 *
 * @throws {KvasirError} `KV_SECRETS_KEY_MISSING`, `KV_SECRETS_KEY_INVALID`; `KV_UNSUPPORTED` where
 * the runtime has no Web Crypto.
 */
export async function createKeyRing(given: SecretsKeys): Promise<KeyRing> {
  const keys = await Promise.all(parseSecretsKeys(given).map(takeIntoUse))
  const byId = new Map(keys.map((key) => [key.id, key]))
  return { first: keys[0] as RingKey, find: (id) => byId.get(id) }
}

async function takeIntoUse(bytes: Uint8Array<ArrayBuffer>): Promise<RingKey> {
  const { subtle } = globalThis.crypto
  if (!subtle) {
    throw new KvasirError(
      'KV_UNSUPPORTED',
      'Secrets need Web Crypto, which pages have only when they came over TLS.',
      { outcome: 'not-applied' },
    )
  }
  const named = new Uint8Array([...new TextEncoder().encode(idPrefix), ...bytes])
  const hash = new Uint8Array(await subtle.digest('SHA-256', named))
  return {
    id: Array.from(hash.subarray(0, idBytes), toHex).join(''),
    key: await subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
  }
}

function toHex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
