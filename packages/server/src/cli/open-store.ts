/** Opens what a command works on, and closes it again whatever happens. */
import { readdir, readFile } from 'node:fs/promises'
import {
  type KVStore,
  type Kv,
  KvasirError,
  type OpenOptions,
  openStore,
  type Project,
  type Store,
  type StoreOptions,
} from 'kvasir'
import { type Engine, openEngine } from 'kvasir/engine'
import { chooseLocation } from '../config/location.ts'
import { parseToken } from '../config/parse.ts'
import type { Given, SettingValues } from '../config/setting.ts'
import type { projectSettings, storeSettings } from '../config/settings.ts'

export interface ProjectRequest {
  readonly settings: SettingValues<typeof projectSettings>
  readonly given: Given
}

export interface LocationRequest {
  readonly settings: Omit<SettingValues<typeof projectSettings>, 'project'>
  readonly given: Given
  /** For secrets: the key, or where it is. */
  readonly secretsKey?: Pick<StoreOptions, 'secretsKey' | 'secretsKeyFile'>
}

export interface StoreRequest extends ProjectRequest {
  readonly settings: SettingValues<typeof storeSettings>
}

export interface EngineRequest
  extends Pick<OpenOptions, 'durability' | 'diskReserveBytes' | 'cacheBytes' | 'onHealthChange'> {
  readonly directory: string | undefined
}

// Who mistyped the address should not have to wait for long to be told.
const retryForPersonMs = 1500

/** Whether a directory without a store is given one, or refused. */
export type Absence = 'create' | 'refuse'

/** Runs with the `kv` dialect on the project and bucket that the settings name. */
export function withKv<Result>(
  request: StoreRequest,
  absence: Absence,
  use: (kv: Kv) => Promise<Result>,
): Promise<Result> {
  const { bucket } = request.settings
  return withProject(request, absence, (project) => use(project.kv({ bucket })))
}

/** Runs with the records of the project that the settings name. */
export function withRecords<Result>(
  request: ProjectRequest,
  absence: Absence,
  use: (records: KVStore) => Promise<Result>,
): Promise<Result> {
  return withProject(request, absence, (project) => use(project.storage().kvStore))
}

export function withProject<Result>(
  request: ProjectRequest,
  absence: Absence,
  use: (project: Project) => Promise<Result>,
): Promise<Result> {
  return withStore(request, absence, (store) => use(store.project(request.settings.project)))
}

/** Runs with the store that the settings name. */
export async function withStore<Result>(
  { settings, given, secretsKey = {} }: LocationRequest,
  absence: Absence,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const location = chooseLocation(settings, given)
  if (location.kind === 'data') await checkDirectory(location.directory, absence)
  const store =
    location.kind === 'data'
      ? await openStore(location.directory, { durability: settings.durability, ...secretsKey })
      : await openStore(location.url, {
          ...(await readToken(settings, given)),
          retryMs: retryForPersonMs,
          ...secretsKey,
        })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** Runs with the engine of a data directory: the one underneath, without checks. */
export async function withEngine<Result>(
  { directory, durability = 'durable', ...options }: EngineRequest,
  absence: Absence,
  use: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  if (directory === undefined) {
    throw invalid('Say where the store is: --data <directory>, or set KVASIR_DATA.')
  }
  await checkDirectory(directory, absence)
  const engine = await openEngine(directory, { durability, ...options })
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

/** Opening creates: a command that only reads must not leave a store behind at a mistyped path. */
async function checkDirectory(directory: string, absence: Absence): Promise<void> {
  if (absence === 'create' || directory === 'memory:') return
  let isEmpty: boolean
  try {
    isEmpty = (await readdir(directory)).length === 0
  } catch (error) {
    // Whatever else is wrong with the path, opening it says it better.
    isEmpty = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
  if (!isEmpty) return
  throw new KvasirError(
    'KV_INVALID_LOCATION',
    `There is no store in ${JSON.stringify(directory)}. Check the path; "kvasir set" and "kvasir serve" create one.`,
    { outcome: 'not-applied' },
  )
}

/**
 * The token for a server, from wherever it is given.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` when its file cannot be read, or holds none.
 */
export async function readToken(
  { token, tokenFile }: Pick<LocationRequest['settings'], 'token' | 'tokenFile'>,
  { options }: Given,
): Promise<{ token?: string }> {
  if (options.token !== undefined && options.tokenFile !== undefined) {
    throw invalid('Give --token or --token-file, not both.')
  }
  const isFile = tokenFile !== undefined && options.token === undefined
  if (!isFile) return token === undefined ? {} : { token }
  const name = `The token file ${JSON.stringify(tokenFile)}`
  let text: string
  try {
    text = await readFile(tokenFile, 'utf8')
  } catch (cause) {
    const message = `${name} cannot be read. Check its path and permissions.`
    throw new KvasirError('KV_INVALID_ARGUMENT', message, { cause, outcome: 'not-applied' })
  }
  return { token: parseToken(text.trim(), name) }
}

function invalid(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}
