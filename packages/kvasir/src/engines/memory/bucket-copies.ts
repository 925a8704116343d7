import { cycleOfCopies, findCycle, originNamesOf } from '../../engine/copies.ts'
import type { BucketConfig } from '../../engine/engine.ts'
import type { MemoryBucket } from './memory-bucket.ts'

// Which bucket copies which, by their names.

/**
 * Refuses buckets that would copy each other in a circle.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`
 */
export function checkCycle(
  name: string,
  config: BucketConfig,
  buckets: ReadonlyMap<string, MemoryBucket> | undefined,
): void {
  const way = findCycle(name, config, (other) => {
    const found = buckets?.get(other)
    return found ? originNamesOf(found.config) : []
  })
  if (way) throw cycleOfCopies(way)
}

/** Ties a new bucket to those that it copies, and to those whose source had its name before. */
export function tie(
  bucket: MemoryBucket,
  { origins, neighbours }: { origins: readonly MemoryBucket[]; neighbours: Iterable<MemoryBucket> },
): void {
  for (const origin of origins) origin.copies.add(bucket)
  for (const neighbour of neighbours) {
    if (originNamesOf(neighbour.config).includes(bucket.name)) bucket.copies.add(neighbour)
  }
}

/** A bucket that is gone copies nothing any more. */
export function untie(bucket: MemoryBucket, neighbours: Iterable<MemoryBucket>): void {
  for (const { copies } of neighbours) copies.delete(bucket)
}
