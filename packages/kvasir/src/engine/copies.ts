/**
 * Buckets that copy others: mirrors, which take from one bucket and are read-only, and buckets with
 * sources. Copies are made in the same atomic step as the change that they copy.
 */
import { limits } from '../codec/limits.ts'
import { utf8Length } from '../codec/utf8.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { BucketConfig, BucketRef } from './engine.ts'
import { type Change, changeKey, changeRevision, type EpochMs, type Revision } from './entry.ts'
import type { Origin } from './origin.ts'
import { matchesPattern, transformSubject } from './subjects.ts'

/** What the bucket copies, in the order in which it does. */
export function originsOf({ mirror, sources = [] }: BucketConfig): readonly Origin[] {
  return mirror ? [mirror] : sources
}

/** The names of the buckets that the bucket copies, each once. */
export function originNamesOf(config: BucketConfig): readonly string[] {
  return [...new Set(originsOf(config).map(({ bucket }) => bucket))]
}

/** A bucket as far as it matters here. */
export interface NamedBucket {
  readonly name: string
  readonly config: BucketConfig
}

/** The change under the key that it has in the copy; `undefined` when it is not copied. */
export function copyOf(change: Change, origin: Origin): Change | undefined {
  const key = copiedKey(changeKey(change), origin)
  const at = change.kind === 'put' ? change.entry.updatedAt : change.at
  if (key === undefined || !isFromStart({ revision: changeRevision(change), at }, origin)) {
    return undefined
  }
  return change.kind === 'put'
    ? { kind: 'put', entry: { ...change.entry, key } }
    : { ...change, key }
}

/** Whether a change comes late enough to be copied. */
export function isFromStart(
  { revision, at }: { readonly revision: Revision; readonly at: EpochMs },
  { startRevision = 0, startTime = 0 }: Origin,
): boolean {
  return revision >= startRevision && at >= startTime
}

/**
 * The way from a bucket over its origins back to itself, if there is one: `['a', 'b', 'a']`.
 * `originNames` answers what other buckets copy.
 */
export function findCycle(
  bucket: string,
  config: BucketConfig,
  originNames: (bucket: string) => readonly string[],
): readonly string[] | undefined {
  const seen = new Set<string>()
  const ways = originNamesOf(config).map((name) => [bucket, name])
  for (let way = ways.pop(); way; way = ways.pop()) {
    const last = way.at(-1) ?? bucket
    if (last === bucket) return way
    if (seen.has(last)) continue
    seen.add(last)
    for (const name of originNames(last)) ways.push([...way, name])
  }
  return undefined
}

export function cycleOfCopies(way: readonly string[]): KvasirError {
  return new KvasirError(
    'KV_INVALID_ARGUMENT',
    `Buckets cannot copy each other in a circle: ${way.map((name) => `"${name}"`).join(' copies ')}. Leave one of these out.`,
    { outcome: 'not-applied', details: { cycle: way } },
  )
}

export function mirrorReadOnly(bucket: string, { bucket: origin }: Origin): KvasirError {
  return new KvasirError(
    'KV_READ_ONLY',
    `Bucket "${bucket}" is a mirror of "${origin}" and cannot be written. Write to "${origin}".`,
    { outcome: 'not-applied', details: { bucket, origin } },
  )
}

/**
 * Refuses to delete a bucket that some of its copies cannot be without.
 *
 * @throws {KvasirError} `KV_CONFLICT` naming its mirrors.
 */
export function checkDeletion({ bucket }: BucketRef, copies: readonly NamedBucket[]): void {
  const mirrors = copies.filter(({ config }) => config.mirror).map(({ name }) => name)
  if (mirrors.length === 0) return
  throw new KvasirError(
    'KV_CONFLICT',
    `Bucket "${bucket}" has mirrors: ${mirrors.map((name) => `"${name}"`).join(', ')}. Delete them first.`,
    { outcome: 'not-applied', details: { bucket, mirrors } },
  )
}

/** A key that would be none, or too long for one, is not copied: it could not be asked for. */
function copiedKey(key: string, { filterSubject, transforms }: Origin): string | undefined {
  if (filterSubject !== undefined && !matchesPattern(key, filterSubject)) return undefined
  if (!transforms || transforms.length === 0) return key
  for (const transform of transforms) {
    const copied = transformSubject(key, transform)
    if (copied !== undefined) return isKey(copied) ? copied : undefined
  }
  return undefined
}

function isKey(text: string): boolean {
  return text !== '' && utf8Length(text) <= limits.keyBytesMax
}

/** Limits that a copy cannot be held to, because it must not be refused. */
const limitsOfSize = ['bytesMax', 'valueBytesMax'] as const

/**
 * Refuses limits on a bucket that copies others.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`
 */
export function checkCopyLimits(config: BucketConfig): void {
  if (originsOf(config).length === 0) return
  const what = config.mirror ? 'a mirror' : 'a bucket with sources'
  const given = limitsOfSize.find((name) => config[name] !== undefined)
  if (given !== undefined) {
    throw new KvasirError(
      'KV_INVALID_ARGUMENT',
      `${given} is not for ${what}, because a copy cannot be refused. Set it on the buckets that it copies.`,
      { outcome: 'not-applied' },
    )
  }
  if (config.mirror && config.ttlMs !== undefined) {
    throw new KvasirError(
      'KV_INVALID_ARGUMENT',
      'ttlMs is not for a mirror, whose copies expire when their originals do. Set it on the bucket that it copies.',
      { outcome: 'not-applied' },
    )
  }
}
