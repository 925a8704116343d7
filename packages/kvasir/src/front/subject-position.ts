import { limits } from '../codec/limits.ts'
import type { EpochMs, Revision } from '../engine/entry.ts'
import { emptyPosition } from './empty-position.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/** How far a subscription has come in one bucket. */
export interface BucketPosition {
  /** When the bucket was created: one that is created anew under its name is another one. */
  readonly createdAt: EpochMs
  readonly revision: Revision
}

/** How far a subscription has come, by the names of the buckets that it follows. */
export type SubjectPosition = ReadonlyMap<string, BucketPosition>

/** Parts of a bucket's position, and positions. Both may stand in URLs and headers as they are. */
const within = '.'
const between = '~'

/** A position as text that means nothing to its readers. */
export function writePosition(position: SubjectPosition): string {
  const parts = [...position].map(([name, { createdAt, revision }]) => {
    return [name, createdAt.toString(36), revision.toString(36)].join(within)
  })
  return parts.length > 0 ? parts.join(between) : emptyPosition
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` when the text is nothing that `writePosition` made. */
export function readPosition(text: unknown): SubjectPosition {
  if (text === emptyPosition) return new Map()
  const parts = typeof text === 'string' ? text.split(between) : []
  const entries = parts.map(readBucketPosition)
  const known = entries.filter((entry) => entry !== undefined)
  if (known.length > 0 && known.length === entries.length) return new Map(known)
  throw invalidArgument(
    `since takes the position of a message of the same subscription; it was given ${describe(text)}.`,
  )
}

function readBucketPosition(text: string): readonly [string, BucketPosition] | undefined {
  const [, name = '', created = '', passed = ''] =
    /^([A-Za-z0-9_-]+)\.([0-9a-z]+)\.([0-9a-z]+)$/.exec(text) ?? []
  const createdAt = Number.parseInt(created, 36)
  const revision = Number.parseInt(passed, 36)
  const isKnown = Number.isSafeInteger(createdAt) && Number.isSafeInteger(revision)
  if (!isKnown || name.length > limits.nameLengthMax) return undefined
  return [name, { createdAt, revision }]
}
