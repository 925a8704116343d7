// The process of one store with buckets: opens it, fills it, and runs what the bench asks for.

import { workOn } from '../store-worker.ts'
import { type CallPace, timeCalls } from '../time-calls.ts'
import { type BucketSetting, type SceneName, sceneNamed } from './scenes.ts'
import { bucketStoreNamed } from './stores/store-list.ts'
import { bucketWorkloadNamed } from './workloads/bucket-workload-list.ts'

export interface BucketWorkerSetting {
  readonly scene: SceneName
  readonly size: number
}

/** The workloads that this process has warmed up for. */
const warm = new Set<string>()

workOn<BucketWorkerSetting, BucketSetting>({
  async open({ store, place, setting: { scene, size } }) {
    const setting = await sceneNamed(scene).fill(await bucketStoreNamed(store).open(place), size)
    globalThis.gc?.()
    return setting
  },
  async run(setting, { workload: name, pace }) {
    const workload = bucketWorkloadNamed(name)
    if (!warm.has(name)) await timeCalls(workload.createSteps(setting), longer(pace))
    warm.add(name)
    return timeCalls(workload.createSteps(setting), pace)
  },
  close: ({ connection }) => connection.close(),
})

/** A client and a server of HTTP take some thousand calls until they run compiled. */
function longer({ ms, callsMin }: CallPace): CallPace {
  return { ms: 4 * ms, callsMin }
}
