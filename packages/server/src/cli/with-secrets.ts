import type { SecretStore, Store, StoreOptions } from 'kvasir'
import type { Given, SettingValues } from '../config/setting.ts'
import type { secretsSettings } from '../config/settings.ts'
import { type Absence, withStore } from './open-store.ts'

export interface SecretsRequest {
  readonly settings: Omit<SettingValues<typeof secretsSettings>, 'project'>
  readonly given: Given
}

/** Runs with the secrets of the project that the settings name. */
export function withSecrets<Result>(
  request: SecretsRequest & { readonly settings: { readonly project: string } },
  absence: Absence,
  use: (secrets: SecretStore) => Promise<Result>,
): Promise<Result> {
  const { project } = request.settings
  return withKeyedStore(request, absence, (store) => use(store.project(project).storage().secrets))
}

/** Runs with the store that the settings name, and the key for its secrets. */
export function withKeyedStore<Result>(
  { settings, given }: SecretsRequest,
  absence: Absence,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const secretsKey = chooseKey(settings, given)
  return withStore({ settings, given, secretsKey }, absence, use)
}

/** As everywhere, what is on the command line beats the variables. */
function chooseKey(
  { secretsKeyFile }: SecretsRequest['settings'],
  { options, env }: Given,
): Pick<StoreOptions, 'secretsKey' | 'secretsKeyFile'> {
  const { KVASIR_SECRETS_KEY: secretsKey } = env
  const isFlagged = options.secretsKeyFile !== undefined
  if (secretsKeyFile !== undefined && (isFlagged || !secretsKey)) return { secretsKeyFile }
  return { secretsKey: secretsKey ?? [] }
}
