import { defaultBucket } from './default-bucket.ts'

export { defaultBucket }

/**
 * The project of the records that all projects of a store share. Users cannot name it, because a
 * dot is not allowed in the name of a project.
 */
export const sharedProject = '.shared'

// Hidden companions of a bucket are called `<bucket>.<space>`. They are buckets like any other to
// engines; users cannot name them, because a dot is not allowed in the name of a bucket either.

const lockSpaceSuffix = '.locks'

/** Where `storage().settings` and `storage().secrets` keep what they are given. */
export const settingsSpace = `${defaultBucket}.settings`
export const secretsSpace = `${defaultBucket}.secrets`

/**
 * The companion that holds a bucket's locks and rate limits, whose fences are its revisions, which
 * never start over.
 */
export function lockSpaceOf(bucket: string): string {
  return bucket + lockSpaceSuffix
}

export function isLockSpace(bucket: string): boolean {
  return bucket.endsWith(lockSpaceSuffix)
}

/** Whether listings leave the bucket or the project out. */
export function isHidden(name: string): boolean {
  return name.includes('.')
}

/**
 * The bucket, or for a companion the bucket that it stands beside; `undefined` when there is no
 * companion of that name.
 */
export function ownerOf(bucket: string): string | undefined {
  if (!isHidden(bucket)) return bucket
  if (bucket === settingsSpace || bucket === secretsSpace) return defaultBucket
  const owner = bucket.slice(0, -lockSpaceSuffix.length)
  return isLockSpace(bucket) && !isHidden(owner) ? owner : undefined
}

/**
 * The bucket that has to exist for this one to be there without having been created: `default` for
 * itself and its companions, a bucket for its lock space; `undefined` for others.
 */
export function fromStartWith(bucket: string): string | undefined {
  return bucket === defaultBucket || isHidden(bucket) ? ownerOf(bucket) : undefined
}
