import { bucketNotFound } from '../../engine/bucket-config.ts'
import type { OnValue } from '../../engine/call-options.ts'
import type { BucketInfo, BucketRef } from '../../engine/engine.ts'
import type { Entry } from '../../engine/entry.ts'
import type { Read, ReadResult } from '../../engine/operation.ts'
import { tellOfRead } from '../../engine/value-size.ts'
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

/** All of them from one state of the store. */
export function answerAll(
  { registry, reading }: SqliteCore,
  at: BucketRef,
  { reads, onValue }: { readonly reads: readonly Read[]; readonly onValue: OnValue | undefined },
): ReadResult[] {
  return reading.snapshot(() => {
    const bucket = registry.current(at)
    const now = reading.time.now()
    return reads.map((read) => tellOfRead(bucket.answer(read, now), onValue))
  })
}

/** The entry; `null` if there is none; `undefined` if the answer has to wait for something. */
export function entryAtOnce(
  core: SqliteCore,
  at: BucketRef,
  key: string,
): Entry | null | undefined {
  try {
    const entry = lastingEntry(core, at, key) ?? answerOne(core, at, { key }).entry
    const mustWait = core.reading.kept.isOwed || isUnsynced(core, at, key)
    return mustWait ? undefined : (entry ?? null)
  } catch (error) {
    if (isBusy(error)) return undefined
    throw fromSqlite(error)
  }
}

/** Whether what is known of a key may rest on a commit that is not synced. */
export function isUnsynced({ registry, reading }: SqliteCore, at: BucketRef, key: string): boolean {
  const { unsynced } = reading
  return unsynced.isPending && unsynced.concerns(registry.known(at)?.id, key)
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
