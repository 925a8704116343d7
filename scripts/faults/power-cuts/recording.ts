import type { DriverChanges } from '../planted-driver.ts'
import type { Answer } from '../workload/lane.ts'
import { Lane } from '../workload/lane.ts'
import type { Durability } from '../workload/open-changed-store.ts'

/** What the recorded process does; `record-program.ts` is given it as JSON. */
export interface RecordingTask extends DriverChanges {
  readonly store: string
  /** The file whose lines count as acknowledgements. */
  readonly acks: string
  /** The file by which faults are armed. */
  readonly control: string
  readonly durability: Durability
  readonly seed: number
  readonly lanes: number
  /** So many of them ask for `durable` with each commit. */
  readonly durableLanes?: number | undefined
  /** Commits of each lane: before the store is closed and opened again, and after. */
  readonly commits: readonly [first: number, second: number]
  /** The sync of this number fails in the second part. */
  readonly failingSync?: number | undefined
  /** Commits of each lane after that, once the store has been closed and opened anew. */
  readonly commitsAfterwards?: number | undefined
}

/** A line among the acknowledgements: all buckets are there; a lane was answered; all is closed. */
export type Acknowledgement =
  | { readonly kind: 'buckets' | 'closed' }
  | { readonly kind: 'answer'; readonly lane: number; readonly answer: Answer }

/** The same lanes in the recorded process and in those that judge what it left. */
export function recordedLanes({ lanes, seed }: Pick<RecordingTask, 'lanes' | 'seed'>): Lane[] {
  return Array.from({ length: lanes }, (_, index) => {
    return new Lane(`l${index}`, { seed: seed * 1000 + index, remembered: Infinity })
  })
}
