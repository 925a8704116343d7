import { fromBase64, toBase64 } from '../codec/base64.ts'
import type { StoredValue } from '../codec/stored-value.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { type Envelope, envelopeVersion, isEnvelope, toEnvelope } from './envelope.ts'
import type { KeyRing } from './key-ring.ts'

const ivBytes = 12

/**
 * Turns the secrets of a project into envelopes and back, with AES-256-GCM. An envelope opens only
 * under the project and the key that it was made for: it cannot be moved to another's place.
 */
export class Sealer {
  readonly #ring: KeyRing
  readonly #project: string

  /** The project goes by the name that it has where the data is, so that all clients agree. */
  constructor(ring: KeyRing, project: string) {
    this.#ring = ring
    this.#project = project
  }

  /** Encrypts with the first key of the ring. */
  async seal(key: string, value: StoredValue): Promise<Envelope> {
    const { id, key: secretsKey } = this.#ring.first
    const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
    const plain = new TextEncoder().encode(JSON.stringify(value))
    const data = await crypto.subtle.encrypt(this.#parameters(key, iv), secretsKey, plain)
    return toEnvelope({ keyId: id, iv: toBase64(iv), data: toBase64(new Uint8Array(data)) })
  }

  /**
   * Decrypts what was found under a key.
   *
   * @throws {KvasirError} `KV_SECRETS_KEY_WRONG` when it was encrypted with a key that is not in
   * the ring; `KV_CORRUPT` when it is no envelope, or is damaged, or was made for another place.
   */
  async unseal(key: string, found: unknown): Promise<StoredValue> {
    if (!isEnvelope(found)) throw notEncrypted(key)
    const ringKey = this.#ring.find(found.keyId)
    if (!ringKey) throw wrongKey(key, found.keyId)
    const [iv, data] = [fromBase64(found.iv), fromBase64(found.data)]
    if (!iv || !data) throw damaged(key)
    try {
      const parameters = this.#parameters(key, new Uint8Array(iv))
      const plain = await crypto.subtle.decrypt(parameters, ringKey.key, new Uint8Array(data))
      return JSON.parse(new TextDecoder().decode(plain)) as StoredValue
    } catch {
      // The cause stays out: a parser's words may repeat what it was given.
      throw damaged(key)
    }
  }

  /** Whether it is encrypted with the first key of the ring. */
  isCurrent(found: unknown): boolean {
    return isEnvelope(found) && found.keyId === this.#ring.first.id
  }

  /**
   * Sees to it that nobody with the wrong key replaces what others can still read.
   *
   * @throws {KvasirError} `KV_SECRETS_KEY_WRONG`
   */
  checkReplaceable(key: string, found: unknown): void {
    if (isEnvelope(found) && !this.#ring.find(found.keyId)) throw wrongKey(key, found.keyId)
  }

  #parameters(key: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    const place = JSON.stringify(['kvasir-secret', envelopeVersion, this.#project, key])
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) }
  }
}

function wrongKey(key: string, keyId: string): KvasirError {
  return new KvasirError(
    'KV_SECRETS_KEY_WRONG',
    `Secret ${JSON.stringify(key)} is encrypted with key ${JSON.stringify(keyId)}, which is not among those given. Give that key, too, after the present one; or delete the secret and put it anew.`,
    { outcome: 'not-applied', details: { key, keyId } },
  )
}

function notEncrypted(key: string): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    `What is stored for secret ${JSON.stringify(key)} is not an encrypted secret: something other than secrets wrote it. Put the secret anew, or delete it.`,
    { outcome: 'not-applied', details: { key } },
  )
}

function damaged(key: string): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    `Secret ${JSON.stringify(key)} cannot be decrypted, though its key is there: it is damaged, or was copied from another key or project. Put it anew, or restore it from a backup.`,
    { outcome: 'not-applied', details: { key } },
  )
}
