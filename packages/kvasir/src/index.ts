/**
 * `kvasir`: one key-value store that speaks three dialects. This entry opens a store wherever its
 * data lives: in memory, in a directory on SQLite, or behind a Kvasir server.
 */
import { type Engine, type OpenOptions, openEngine } from './engine.ts'
import { createFullStore, type FullStore } from './store/full-store.ts'
import type { SecretsOptions } from './store/store.ts'

/** How to open a store, and where the key for its secrets is. */
export interface StoreOptions extends OpenOptions, SecretsOptions {
  /**
   * A file with the key for secrets, outside the data directory. Without it and without
   * `secretsKey`, the variables `KVASIR_SECRETS_KEY` and `KVASIR_SECRETS_KEY_FILE` say it.
   */
  readonly secretsKeyFile?: string
  /** Puts a layer of one's own over the engine: to count calls, to trace them. */
  readonly layer?: (engine: Engine) => Engine
}

/**
 * Opens a store.
 *
 * `location` is a directory (`'./data'`, created if missing), `'memory:'`, or the address of a
 * server, with a token: `'https://kv.example.com'` or, on this machine, `'unix:/run/kvasir.sock'`.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when nothing can be opened there; `KV_CORRUPT`,
 * `KV_FORMAT_TOO_NEW`, `KV_STORAGE_READ_ONLY` for a directory's data; `KV_DRIVER_MISSING` on a
 * runtime without SQLite.
 * @example
 * const store = await openStore('./data')
 * const kv = store.project('shop').kv()
 * await kv.set('greeting', 'hello', '1h')
 * await store.close()
 */
export async function openStore(
  location: string | URL,
  options: StoreOptions = {},
): Promise<FullStore> {
  const { secretsKey, secretsKeyFile, layer, ...rest } = options
  const engine = await openEngine(location, rest)
  return createFullStore(layer ? layer(engine) : engine, {
    secretsKey: async () => {
      const { readSecretsKeys } = await import('./environment/secrets-keys.ts')
      return readSecretsKeys({
        ...(secretsKey !== undefined && { secretsKey }),
        ...(secretsKeyFile !== undefined && { secretsKeyFile }),
        ...directoryOf(location),
      })
    },
  })
}

/** The directory of a store that is kept in one. */
function directoryOf(location: string | URL): { readonly directory?: string } {
  const place = String(location)
  return /^(memory|https?|unix):/i.test(place) ? {} : { directory: place }
}

export type { Cursor } from './codec/cursor.ts'
export type { Duration, DurationUnit } from './codec/duration.ts'
export { limits } from './codec/limits.ts'
export { NumberSet, StringSet } from './codec/typed-sets.ts'
export type {
  FunctionName,
  ParametersOf,
  ResultOf,
} from './dialects/flows/all-functions.ts'
export type {
  FlowAnswer,
  FlowFailure,
  FlowMetadata,
  FlowSuccess,
  Flows,
} from './dialects/flows/flow-types.ts'
export type * from './dialects/kv/kv-types.ts'
export type * from './dialects/storage/storage-types.ts'
export type {
  BucketChanges,
  BucketConfig,
  BucketInfo,
  Capabilities,
  Health,
} from './engine/engine.ts'
export type { Origin } from './engine/origin.ts'
export type { Republish } from './engine/republish.ts'
export type { SubjectTransform } from './engine/subjects.ts'
export { errorCatalog } from './errors/catalog.ts'
export type { ErrorCode } from './errors/error-codes.ts'
export { KvasirError, type KvasirErrorOptions, type WriteOutcome } from './errors/kvasir-error.ts'
export type {
  Bucket,
  BucketCommitResult,
  BucketWriteResult,
  WatchOptions,
} from './front/bucket.ts'
export type { BucketHistoryItem } from './front/bucket-history.ts'
export type {
  BucketEntry,
  BucketOperation,
  BucketOperationResult,
} from './front/bucket-operation.ts'
export type { BucketEvent, BucketWatch } from './front/bucket-watch.ts'
export type { ListOptions } from './front/list-options.ts'
export type { Listing, Page, PageOptions } from './front/paged.ts'
export type { Subscription } from './front/publication.ts'
export type { SubjectChange, SubjectGap, SubjectMessage } from './front/subject-message.ts'
export type { SubscribeOptions } from './front/subscriptions.ts'
export {
  newSecretsKey,
  type SecretsKey,
  type SecretsKeySource,
  type SecretsKeys,
} from './secrets/secrets-key.ts'
export type { FullProject as Project, FullStore as Store } from './store/full-store.ts'
export type { KvOptions, Storage } from './store/project.ts'
export type { OpenOptions }
