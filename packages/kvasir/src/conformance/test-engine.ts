import { abortTests } from './abort.ts'
import { bucketCompressionTests } from './bucket-compression.ts'
import { bucketRemovalTests } from './bucket-removal.ts'
import { bucketStorageTests } from './bucket-storage.ts'
import { bucketTtlTests } from './bucket-ttl.ts'
import { bucketTests } from './buckets.ts'
import { commitTests } from './commit.ts'
import { concurrencyTests } from './concurrency.ts'
import { conditionTests } from './conditions.ts'
import { deleteTests } from './delete.ts'
import { durabilityTests } from './durability.ts'
import { expiryTests } from './expiry.ts'
import { flowBadInputTests } from './flows-bad-input.ts'
import { flowBucketTests } from './flows-buckets.ts'
import { flowCallTests } from './flows-calls.ts'
import { flowCopyTests } from './flows-copies.ts'
import { flowKeyTests } from './flows-keys.ts'
import { flowListTests } from './flows-lists.ts'
import { flowRemovalTests } from './flows-removal.ts'
import { getTests } from './get.ts'
import type { Harness, Runner } from './harness.ts'
import { historyTests } from './history.ts'
import { idempotencyTests } from './idempotency.ts'
import { incrementTests } from './increment.ts'
import { keyTests } from './keys.ts'
import { kvAtomicTests } from './kv-atomic.ts'
import { kvBasicTests } from './kv-basics.ts'
import { kvExpireTests } from './kv-expire.ts'
import { kvGetOrSetTests } from './kv-get-or-set.ts'
import { kvLockTests } from './kv-locks.ts'
import { kvManyTests } from './kv-many.ts'
import { kvTtlTests } from './kv-ttl.ts'
import { kvValueTests } from './kv-values.ts'
import { kvWatchTests } from './kv-watch.ts'
import { lifecycleTests } from './lifecycle.ts'
import { limitTests } from './limits.ts'
import { listTests } from './list.ts'
import { listPageTests } from './list-pages.ts'
import { mirrorCreationTests } from './mirror-creation.ts'
import { mirrorTests } from './mirrors.ts'
import { projectTests } from './projects.ts'
import { putTests } from './put.ts'
import { recordListTests } from './record-lists.ts'
import { recordSetTests } from './record-sets.ts'
import { recordTests } from './records.ts'
import { sourcesTests } from './sources.ts'
import { storageBasicTests } from './storage-basics.ts'
import { storageFieldTests } from './storage-fields.ts'
import { storageListTests } from './storage-lists.ts'
import { storageNoRecordTests } from './storage-no-record.ts'
import { storageNumberTests } from './storage-numbers.ts'
import { storagePatchTests } from './storage-patch.ts'
import { storagePatchTtlTests } from './storage-patch-ttl.ts'
import { storageRefusalTests } from './storage-refusals.ts'
import { storageRotationTests } from './storage-rotation.ts'
import { storageSealingTests } from './storage-sealing.ts'
import { storageSecretTests } from './storage-secrets.ts'
import { storageSetTests } from './storage-sets.ts'
import { storageSettingTests } from './storage-settings.ts'
import { storageSharedTests } from './storage-shared.ts'
import { subjectRuleTests } from './subject-rules.ts'
import { subjectTests } from './subjects.ts'
import { createSuite } from './suite.ts'
import { toldCommitTests } from './told-commits.ts'
import { touchTests } from './touch.ts'
import { valueTests } from './values.ts'
import { watchTests } from './watch.ts'
import { watchEndTests } from './watch-ends.ts'
import { watchFromTests } from './watch-from.ts'
import { slowReaderTests } from './watch-slow-reader.ts'

/** The contract, in the order in which a newcomer would read it. */
const contract = [
  lifecycleTests,
  getTests,
  putTests,
  deleteTests,
  conditionTests,
  commitTests,
  incrementTests,
  recordTests,
  recordListTests,
  recordSetTests,
  touchTests,
  listTests,
  listPageTests,
  historyTests,
  expiryTests,
  bucketTtlTests,
  limitTests,
  bucketTests,
  bucketRemovalTests,
  bucketCompressionTests,
  bucketStorageTests,
  projectTests,
  watchTests,
  watchEndTests,
  watchFromTests,
  slowReaderTests,
  subjectTests,
  subjectRuleTests,
  mirrorCreationTests,
  mirrorTests,
  sourcesTests,
  idempotencyTests,
  toldCommitTests,
  durabilityTests,
  valueTests,
  keyTests,
  abortTests,
  concurrencyTests,
  kvBasicTests,
  kvValueTests,
  kvTtlTests,
  kvExpireTests,
  kvManyTests,
  kvAtomicTests,
  kvGetOrSetTests,
  kvWatchTests,
  kvLockTests,
  storageBasicTests,
  storageNoRecordTests,
  storagePatchTests,
  storagePatchTtlTests,
  storageNumberTests,
  storageListTests,
  storageSetTests,
  storageFieldTests,
  storageRefusalTests,
  storageSharedTests,
  storageSettingTests,
  storageSecretTests,
  storageSealingTests,
  storageRotationTests,
  flowCallTests,
  flowBucketTests,
  flowCopyTests,
  flowKeyTests,
  flowRemovalTests,
  flowListTests,
  flowBadInputTests,
]

/**
 * Tests that an engine keeps the contract of the port, and that the dialects do on it.
 *
 * Call it in a test file of your runner's; it registers a test for every sentence of the contract.
 *
 * @example
 * import { describe, expect, it } from 'vitest'
 * testEngine({ describe, it, expect }, {
 *   name: 'my engine',
 *   async open() {
 *     const clock = new ManualClock()
 *     const engine = openMyEngine({ clock })
 *     return { engine, clock, close: () => engine.close() }
 *   },
 * })
 */
export function testEngine(runner: Runner, harness: Harness): void {
  runner.describe(harness.name, () => {
    const suite = createSuite(runner, harness)
    for (const tests of contract) tests(suite)
    suite.finish()
  })
}
