import { bucketNotFound } from '../../engine/bucket-config.ts'
import type { BucketInfo, BucketRef } from '../../engine/engine.ts'
import type { Entry } from '../../engine/entry.ts'
import type { Read, ReadResult } from '../../engine/operation.ts'
import { toBucketInfo } from './sqlite-bucket.ts'
import type { SqliteCore } from './sqlite-core.ts'
import { fromSqlite, isBusy } from './sqlite-errors.ts'
import type { BucketRow } from './sqlite-rows.ts'

/** The way of most reads: one look-up, in the bucket as last known if that is still there. */
export function answerOne(
  { registry, reading }: SqliteCore,
  at: BucketRef,
  read: Read,
): ReadResult {
  const now = reading.time.now()
  const answer = registry.known(at)?.answerIfStored(read, now)
  return answer ?? reading.snapshot(() => registry.current(at).answer(read, now))
}

/** The entry; `null` if there is none; `undefined` if the answer has to wait for something. */
export function entryAtOnce(
  core: SqliteCore,
  at: BucketRef,
  key: string,
): Entry | null | undefined {
  try {
    const entry = lastingEntry(core, at, key) ?? answerOne(core, at, { key }).entry
    return core.reading.kept.isOwed ? undefined : (entry ?? null)
  } catch (error) {
    if (isBusy(error)) return undefined
    throw fromSqlite(error)
  }
}

/** The entry, if it is in memory and never expires: then nobody has to know the time. */
function lastingEntry(
  { registry, reading }: SqliteCore,
  at: BucketRef,
  key: string,
): Entry | undefined {
  const bucket = registry.known(at)
  return bucket && reading.isSole() ? reading.hot.lasting(bucket.id, key) : undefined
}

/** `undefined` for a bucket that is there from the start and not stored yet. */
export function storedInfo(
  { registry, reading }: SqliteCore,
  at: BucketRef,
): BucketInfo | undefined {
  return reading.snapshot((statements) => {
    const row = statements.bucketByName.get(at.project, at.bucket) as BucketRow | undefined
    if (row) return toBucketInfo(row, reading, reading.time.now())
    if (registry.isFromStart(at)) return undefined
    throw bucketNotFound(at)
  })
}
