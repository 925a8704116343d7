// The process of one store with buckets: opens it, fills it, and runs what the bench asks for.

import { workOn } from '../store-worker.ts'
import { timeCalls } from '../time-calls.ts'
import { type BucketSetting, type SceneName, sceneNamed } from './scenes.ts'
import { bucketStoreNamed } from './stores/store-list.ts'
import { bucketWorkloadNamed } from './workloads/bucket-workload-list.ts'

export interface BucketWorkerSetting {
  readonly scene: SceneName
  readonly size: number
}

workOn<BucketWorkerSetting, BucketSetting>({
  async open({ store, place, setting: { scene, size } }) {
    const setting = await sceneNamed(scene).fill(await bucketStoreNamed(store).open(place), size)
    globalThis.gc?.()
    return setting
  },
  run: (setting, { workload, pace }) =>
    timeCalls(bucketWorkloadNamed(workload).createSteps(setting), pace),
  close: ({ connection }) => connection.close(),
})
