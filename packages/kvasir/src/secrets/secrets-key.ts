// The keys that secrets are encrypted with, as people hold them: bytes, or text that fits into a
// variable or a file.
import { fromBase64, toBase64 } from '../codec/base64.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/**
 * 32 bytes, as such or as text: base64, base64url or 64 hex digits. A text may hold several, with
 * commas or white space between them.
 */
export type SecretsKey = string | Uint8Array

/** One key, or several: the first encrypts, all of them decrypt. */
export type SecretsKeys = SecretsKey | readonly SecretsKey[]

/** Keys, or how to get them; a function is called at the first use of secrets. */
export type SecretsKeySource = SecretsKeys | (() => SecretsKeys | Promise<SecretsKeys>)

const keyBytes = 32

/** A fresh random key as text, fit for a variable or a file. */
export function newSecretsKey(): string {
  const base64 = toBase64(crypto.getRandomValues(new Uint8Array(keyBytes)))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * The bytes of the keys that were given, in their order, none twice over.
 *
 * @throws {KvasirError} `KV_SECRETS_KEY_MISSING` when there is none, `KV_SECRETS_KEY_INVALID` when
 * one is not 32 bytes. The message never repeats any of it.
 */
export function parseSecretsKeys(given: SecretsKeys): Uint8Array<ArrayBuffer>[] {
  const several: readonly SecretsKey[] = isOne(given) ? [given] : given
  const parts = several.flatMap<SecretsKey>((key) =>
    typeof key === 'string' ? splitText(key) : key,
  )
  if (parts.length === 0) throw keyMissing()
  return parts.map((part, index) => {
    const bytes = typeof part === 'string' ? bytesOf(part) : part
    if (bytes instanceof Uint8Array && bytes.length === keyBytes) return new Uint8Array(bytes)
    throw new KvasirError(
      'KV_SECRETS_KEY_INVALID',
      `Key ${index + 1} of ${parts.length} for secrets is not ${keyBytes} bytes, as base64, base64url or ${keyBytes * 2} hex digits. "kvasir secrets new-key" makes one.`,
      { outcome: 'not-applied', details: { index } },
    )
  })
}

/** Whether a text is a key: it may have been given where something else belongs. */
export function isSecretsKey(text: string): boolean {
  return bytesOf(text.trim())?.length === keyBytes
}

/** @param where Says which place was looked at, when a certain one was named. */
export function keyMissing(where?: string, cause?: unknown): KvasirError {
  return new KvasirError(
    'KV_SECRETS_KEY_MISSING',
    `Secrets need a key, and ${where ?? 'there is none'}. Make one with "kvasir secrets new-key" and pass it as { secretsKey }, or in KVASIR_SECRETS_KEY or a file named by KVASIR_SECRETS_KEY_FILE.`,
    { outcome: 'not-applied', cause },
  )
}

function isOne(given: SecretsKeys): given is SecretsKey {
  return typeof given === 'string' || given instanceof Uint8Array
}

function splitText(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}

function bytesOf(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) {
    return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  }
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
}
