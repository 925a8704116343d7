import type { SecretStore } from '../dialects/storage/storage-types.ts'
import type { BucketRef } from '../engine/engine.ts'
import type { SecretsKeySource } from '../secrets/secrets-key.ts'
import { createStore } from '../store/store.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

/** Keys of the tests, each 32 bytes. */
export const redKey = new Uint8Array(32).fill(1)
export const blueKey = new Uint8Array(32).fill(2)

/** A scene with the secrets of the project `shop` in it. */
export interface SecretsScene extends Scene {
  /** `project.storage().secrets`, with the red key. */
  readonly secrets: SecretStore
  /** The same secrets to somebody else, who has other keys or none. */
  secretsWith(secretsKey?: SecretsKeySource, project?: string): SecretStore
  /** Where the engine has what the secrets become. */
  readonly sealed: BucketRef
}

/** The tools of the suite for tests of secrets. */
interface SecretsSuite extends Pick<Suite, 'describe' | 'expect'> {
  it(title: string, body: (scene: SecretsScene) => Promise<void>): void
}

export function withSecrets({ describe, it, expect }: Suite): SecretsSuite {
  return {
    describe,
    expect,
    it(title, body) {
      it(title, (scene) => {
        const secretsWith: SecretsScene['secretsWith'] = (secretsKey, project = 'shop') => {
          const options = secretsKey === undefined ? {} : { secretsKey }
          return createStore(scene.engine, options).project(project).storage().secrets
        }
        const sealed = { project: 'shop', bucket: 'default.secrets' }
        return body({ ...scene, secrets: secretsWith(redKey), secretsWith, sealed })
      })
    },
  }
}
