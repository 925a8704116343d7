import type { Bucket, Transformation } from '../../front/bucket.ts'
import { asRecord, toRecord } from './record-value.ts'
import type { KVPatchUpdater, KVRowOptions, KVUpdateOptions } from './storage-types.ts'

/** Lets an updater change a record and its TTL, atomically; answers the record from before. */
export async function updateRecord<T extends object>(
  bucket: Bucket,
  { key, updater, options }: { key: string; updater: KVPatchUpdater<T>; options: KVRowOptions },
): Promise<T> {
  const previous = await bucket.transform(key, async ({ read, ttlMs }): Promise<Transformation> => {
    const ttl = watchTtl(typeof ttlMs === 'number' ? ttlMs / 1000 : undefined)
    const value = toRecord(key, await updater(asRecord(key, read()) as T, ttl.options))
    if (ttl.wasAssigned()) return { value, ttl: ttl.options.ttl ?? null }
    return { value, ...(options.ttl !== undefined && { ttl: options.ttl }) }
  })
  return asRecord(key, previous) as T
}

/** Options for an updater that notice whether it assigned a TTL, be it the same one. */
function watchTtl(initial: number | undefined): {
  options: KVUpdateOptions
  wasAssigned: () => boolean
} {
  let ttl = initial
  let isAssigned = false
  const options = {
    get ttl(): number | undefined {
      return ttl
    },
    set ttl(assigned: number | undefined) {
      ttl = assigned
      isAssigned = true
    },
  }
  // Deleting the property says as much as assigning `undefined`.
  return { options, wasAssigned: () => isAssigned || !('ttl' in options) }
}
