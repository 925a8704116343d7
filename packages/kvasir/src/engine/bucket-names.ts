/** The bucket that every project has from the start. */
export const defaultBucket = 'default'

const lockSpaceSuffix = '.locks'

/**
 * The hidden companion of a bucket that holds its locks and rate limits. It is a bucket like any
 * other to engines, so that fences come from its revisions, which never start over; users cannot
 * name it, because a dot is not allowed in the name of a bucket.
 */
export function lockSpaceOf(bucket: string): string {
  return bucket + lockSpaceSuffix
}

export function isLockSpace(bucket: string): boolean {
  return bucket.endsWith(lockSpaceSuffix)
}

/** The bucket whose lock space this is. */
export function ownerOfLockSpace(bucket: string): string {
  return bucket.slice(0, -lockSpaceSuffix.length)
}
