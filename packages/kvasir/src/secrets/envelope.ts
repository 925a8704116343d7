import { KvasirError } from '../errors/kvasir-error.ts'

/**
 * What is stored in place of a secret: a record of its own, of which nothing can be read but which
 * key it takes to open it. Lists, watches, history and exports show this and no more.
 */
export interface Envelope {
  readonly type: typeof envelopeType
  readonly version: number
  readonly algorithm: typeof algorithm
  /** The name of the key, which gives nothing of it away. */
  readonly keyId: string
  /** 12 bytes, as base64. */
  readonly iv: string
  /** The encrypted value and its tag, as base64. */
  readonly data: string
}

const envelopeType = 'kvasir-secret'
const algorithm = 'A256GCM'
export const envelopeVersion = 1

/** Puts the parts of an envelope together. */
export function toEnvelope(parts: Pick<Envelope, 'keyId' | 'iv' | 'data'>): Envelope {
  return { type: envelopeType, version: envelopeVersion, algorithm, ...parts }
}

/**
 * Whether a value that was found is an envelope.
 *
 * @throws {KvasirError} `KV_FORMAT_TOO_NEW` when a newer version of Kvasir wrote it.
 */
export function isEnvelope(found: unknown): found is Envelope {
  if (typeof found !== 'object' || found === null) return false
  const { type, version, algorithm: used, keyId, iv, data } = found as Record<string, unknown>
  if (type !== envelopeType || typeof version !== 'number') return false
  if (version > envelopeVersion) {
    throw new KvasirError(
      'KV_FORMAT_TOO_NEW',
      `A secret is stored in format ${version}, and this version of Kvasir reads up to ${envelopeVersion}. Update Kvasir.`,
      { outcome: 'not-applied' },
    )
  }
  return used === algorithm && [keyId, iv, data].every((part) => typeof part === 'string')
}
