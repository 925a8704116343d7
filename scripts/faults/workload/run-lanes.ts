import type { Answer, Lane } from './lane.ts'
import type { LaneBuckets } from './lane-buckets.ts'
import type { Durability } from './open-changed-store.ts'

export interface LaneRun {
  /** Commits that each lane makes. */
  readonly commits: number
  /** What a lane asks for with each commit; default: nothing. */
  durabilityOf?(lane: Lane): Durability | undefined
  /** Called with every answer, before the lane goes on. */
  onAnswer?(lane: Lane, answer: Answer): void
}

/** Lets all lanes write at once; rejects when any of them has failed and none writes any more. */
export async function runLanes(
  lanes: readonly Lane[],
  buckets: LaneBuckets,
  run: LaneRun,
): Promise<void> {
  const results = await Promise.allSettled(lanes.map((lane) => runLane(lane, buckets, run)))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function runLane(lane: Lane, buckets: LaneBuckets, run: LaneRun): Promise<void> {
  for (let left = run.commits; left > 0; left--) {
    const { bucket, operations, idempotencyKey } = lane.next()
    const durability = run.durabilityOf?.(lane)
    const options = { idempotencyKey, ...(durability && { durability }) }
    const result = await buckets[bucket].commit(operations, options)
    const answer = lane.settle(result)
    run.onAnswer?.(lane, answer)
  }
}
