import type { Bucket } from '../../../packages/kvasir/src/front/bucket.ts'
import type { BucketConfig } from '../../../packages/kvasir/src/index.ts'
import type { Project } from '../../../packages/kvasir/src/store/project.ts'

/** Buckets that lanes write to: large fields in rows of their own; copied by others; history. */
export const writtenBuckets = ['default', 'origin', 'kept'] as const
export type WrittenBucket = (typeof writtenBuckets)[number]

/** Revisions that the bucket `kept` keeps of each key. */
export const historyKept = 4

/** Everything that a workload uses, in the order of creation. */
export type LaneBuckets = Readonly<Record<WrittenBucket | 'mirror' | 'sourced' | 'brief', Bucket>>

const settings: Record<Exclude<keyof LaneBuckets, 'default'>, Partial<BucketConfig>> = {
  origin: {},
  kept: { history: historyKept, compression: true },
  mirror: { mirror: { bucket: 'origin' } },
  sourced: { sources: [{ bucket: 'origin' }, { bucket: 'kept' }] },
  brief: { ttlMs: 60_000 },
}

/** Creates the buckets, or takes those that are there. */
export async function openLaneBuckets(
  project: Pick<Project, 'bucket' | 'createBucket'>,
): Promise<LaneBuckets> {
  const opened: Record<string, Bucket> = { default: await project.bucket('default') }
  for (const [name, config] of Object.entries(settings)) {
    opened[name] = await project.createBucket(name, config)
  }
  return opened as LaneBuckets
}
