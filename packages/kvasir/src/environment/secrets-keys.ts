// Where the keys for secrets come from on Node: what the caller gives, variables, files. Loaded at
// the first use of secrets, so that programs without them never look.
import { readFile, realpath } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { KvasirError } from '../errors/kvasir-error.ts'
import {
  isSecretsKey,
  keyMissing,
  type SecretsKeySource,
  type SecretsKeys,
} from '../secrets/secrets-key.ts'

export interface SecretsKeyPlaces {
  /** Beats all others. */
  readonly secretsKey?: SecretsKeySource
  /** A file with the key in it; beats the variables. */
  readonly secretsKeyFile?: string
  /** The store's own directory, in which a key file would be no secret. */
  readonly directory?: string
}

/**
 * The keys that are given, or named by the environment: `KVASIR_SECRETS_KEY` holds them,
 * `KVASIR_SECRETS_KEY_FILE` names a file that does. An empty variable counts as not set.
 *
 * @throws {KvasirError} `KV_SECRETS_KEY_MISSING` when nothing says them, or the file cannot be
 * read; `KV_INVALID_ARGUMENT` when two options do, or the file is in the store's directory.
 */
export async function readSecretsKeys(places: SecretsKeyPlaces): Promise<SecretsKeys> {
  const { secretsKey, secretsKeyFile, directory } = places
  if (secretsKey !== undefined && secretsKeyFile !== undefined) {
    throw invalid('Give secretsKey or secretsKeyFile, not both.')
  }
  if (secretsKey !== undefined) return typeof secretsKey === 'function' ? secretsKey() : secretsKey
  if (secretsKeyFile !== undefined) return readKeyFile(secretsKeyFile, directory)
  const { KVASIR_SECRETS_KEY: text, KVASIR_SECRETS_KEY_FILE: path } = process.env
  if (text) return text
  if (path) return readKeyFile(path, directory)
  throw keyMissing()
}

async function readKeyFile(path: string, directory: string | undefined): Promise<string> {
  if (isSecretsKey(path)) {
    throw invalid('A key for secrets was given where the name of a file with it belongs.')
  }
  const name = `the key file ${JSON.stringify(path)}`
  let text: string
  let place: string
  try {
    place = await realpath(path)
    text = await readFile(place, 'utf8')
  } catch (cause) {
    throw keyMissing(`${name} cannot be read`, cause)
  }
  if (directory !== undefined && isWithin(place, await realpath(directory))) {
    throw invalid(
      `The key file is in the directory of the store, ${JSON.stringify(path)}: whoever copies the data would have its key, too. Keep it elsewhere.`,
    )
  }
  if (text.trim() === '') throw keyMissing(`${name} is empty`)
  return text
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path)
  return !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function invalid(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}
