import { KvasirError } from '../errors/kvasir-error.ts'
import { checkCopyLimits } from './copies.ts'
import type { BucketChanges, BucketConfig, BucketRef } from './engine.ts'
import type { Origin } from './origin.ts'
import { isSameRepublish, withoutRepublishDefaults } from './republish.ts'

export const defaultBucketConfig: BucketConfig = { description: '', history: 1, metadata: {} }

/** The configuration less what is as good as left out, so that equal ones look the same. */
export function withoutDefaults(given: BucketConfig): BucketConfig {
  const { compression, storage, sources = [], republish, ...config } = given
  return {
    ...config,
    ...(sources.length > 0 && { sources }),
    ...(compression && { compression }),
    ...(storage === 'memory' && { storage }),
    ...(republish && { republish: withoutRepublishDefaults(republish) }),
  }
}

/** The names of the settings in which two configurations differ. */
export function differingSettings(left: BucketConfig, right: BucketConfig): string[] {
  const names = [
    'description',
    'ttlMs',
    'history',
    'bytesMax',
    'valueBytesMax',
    'compression',
    'storage',
  ] as const
  const differing: string[] = names.filter((name) => left[name] !== right[name])
  if (sorted(left.metadata) !== sorted(right.metadata)) differing.push('metadata')
  if (!isSameRepublish(left.republish, right.republish)) differing.push('republish')
  return [...differing, ...differingOrigins(left, right)]
}

/**
 * What a bucket is set to with some settings changed.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` for what holds for a bucket's whole life, and for
 * limits that are not for a bucket which copies others.
 */
export function withChanges(present: BucketConfig, changes: BucketChanges): BucketConfig {
  const named = Object.entries({ ...present, ...changes }).filter(([, value]) => value !== null)
  const config = withoutDefaults({ ...defaultBucketConfig, ...Object.fromEntries(named) })
  checkPermanent(present, config)
  checkCopyLimits(config)
  return config
}

function checkPermanent(present: BucketConfig, config: BucketConfig): void {
  const differing = differingOrigins(present, config)
  const setting = present.storage === config.storage ? differing[0] : 'storage'
  if (!setting) return
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `${setting} holds for the whole life of a bucket and cannot be changed. Create another bucket.`,
    { outcome: 'not-applied', details: { setting } },
  )
}

export function bucketNotFound({ project, bucket }: BucketRef): KvasirError {
  return new KvasirError(
    'KV_BUCKET_NOT_FOUND',
    `Bucket "${bucket}" does not exist in project "${project}". Create it first, or check its name.`,
    { outcome: 'not-applied', details: { project, bucket } },
  )
}

export function bucketExists({ bucket }: BucketRef, differing: readonly string[]): KvasirError {
  return new KvasirError(
    'KV_BUCKET_EXISTS',
    `Bucket "${bucket}" exists with another ${differing.join(', ')}. Update it, or choose another name.`,
    { outcome: 'not-applied', details: { bucket, differing } },
  )
}

export function quotaUnderUse(
  { bucket }: BucketRef,
  { bytes, bytesMax }: { bytes: number; bytesMax: number },
): KvasirError {
  return new KvasirError(
    'KV_CONFLICT',
    `Bucket "${bucket}" holds ${bytes} bytes, which is over the limit of ${bytesMax} that was given. Delete something first.`,
    { outcome: 'not-applied', details: { bytes, bytesMax } },
  )
}

function differingOrigins(left: BucketConfig, right: BucketConfig): string[] {
  const mirrors = [left, right].map(({ mirror }) => mirror && textOf(mirror))
  const sources = [left, right].map(({ sources = [] }) => JSON.stringify(sources.map(textOf)))
  return [
    ...(mirrors[0] === mirrors[1] ? [] : ['mirror']),
    ...(sources[0] === sources[1] ? [] : ['sources']),
  ]
}

/** The same text for the same origin, in whichever order its members were given. */
function textOf({ bucket, transforms = [], ...rest }: Origin): string {
  const { filterSubject, startRevision, startTime } = rest
  const pairs = transforms.map(({ source, dest }) => [source, dest])
  return JSON.stringify([bucket, filterSubject, startRevision, startTime, pairs])
}

function sorted(metadata: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metadata).sort())
}
