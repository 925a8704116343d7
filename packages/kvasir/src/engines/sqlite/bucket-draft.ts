import type { BucketConfig, BucketRef } from '../../engine/engine.ts'
import type { Revision } from '../../engine/entry.ts'
import type { NumberedEvent } from '../../engine/numbered-event.ts'
import type { Settable } from '../../engine/settable.ts'
import type { BucketRevisions } from './bucket-revisions.ts'
import type { DeferredPuts } from './deferred-puts.ts'
import type { NewAnswers } from './new-answers.ts'
import type { BucketRow } from './sqlite-rows.ts'

/** A bucket within a transaction: its row, which is written back once, at the end. */
export interface BucketDraft {
  readonly at: BucketRef
  readonly row: Settable<BucketRow>
  config: BucketConfig
  /** Its revision before the transaction. */
  readonly revisionBefore: Revision
  /** `figures`: only what commits move; `all`: every column. */
  unwritten: 'nothing' | 'figures' | 'all'
  isRemoved: boolean
  readonly events: NumberedEvent[]
  readonly revisions: BucketRevisions
  /** The ids of the rows that were looked up or written, by their keys. */
  readonly rowIds: Map<string, number>
  readonly deferred: DeferredPuts
  /** What idempotent commits are answered, once there is one. */
  answers?: NewAnswers
}

/** Whether large fields stay in their records: history and copies need all of a value. */
export function keepsWholeValues({ config, row }: BucketDraft): boolean {
  return config.history > 1 || row.is_origin === 1
}
