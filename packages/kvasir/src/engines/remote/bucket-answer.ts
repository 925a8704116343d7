import type { BucketInfo } from '../../engine/engine.ts'
import { badAnswer } from '../../protocol/bad-answer.ts'

/** @throws {KvasirError} `KV_BAD_RESPONSE` */
export function readBucketInfo(json: string): BucketInfo {
  return bucketInfoOf(JSON.parse(json))
}

/** @throws {KvasirError} `KV_BAD_RESPONSE` */
export function bucketInfoOf(info: unknown): BucketInfo {
  if (!isBucketInfo(info)) throw badAnswer('something else where a bucket belongs')
  const { name, config, createdAt, revision, keys, bytes, publishedSince } = info
  const published = publishedSince === undefined ? {} : { publishedSince }
  return { name, config, createdAt, revision, keys, bytes, ...published }
}

/** @throws {KvasirError} `KV_BAD_RESPONSE` */
export function readProjectName(json: string): string {
  const project: unknown = JSON.parse(json)
  if (typeof project === 'object' && project !== null && 'name' in project) {
    const { name } = project
    if (typeof name === 'string') return name
  }
  throw badAnswer('something else where a project belongs')
}

function isBucketInfo(info: unknown): info is BucketInfo {
  if (typeof info !== 'object' || info === null || !('config' in info)) return false
  const { name, config, createdAt, revision, keys, bytes } = info as Record<string, unknown>
  const figures = [createdAt, revision, keys, bytes]
  return (
    typeof name === 'string' &&
    typeof config === 'object' &&
    config !== null &&
    figures.every((figure) => typeof figure === 'number')
  )
}
