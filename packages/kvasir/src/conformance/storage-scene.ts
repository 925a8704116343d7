import type { KVStore } from '../dialects/storage/storage-types.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

/** A scene with the records of the project `shop` in it. */
export interface RecordsScene extends Scene {
  /** `project.storage().kvStore`. */
  readonly records: KVStore
}

/** The tools of the suite for tests of the records dialect. */
interface RecordsSuite extends Pick<Suite, 'describe' | 'expect'> {
  it(title: string, body: (scene: RecordsScene) => Promise<void>): void
}

export function withRecords({ describe, it, expect }: Suite): RecordsSuite {
  return {
    describe,
    expect,
    it(title, body) {
      it(title, (scene) => body({ ...scene, records: scene.project.storage().kvStore }))
    },
  }
}
