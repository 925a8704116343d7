// What the stores are filled with before workloads are measured: a scene is one kind of largeness,
// in which a store is measured small and large.

import { Audience } from './audience.ts'
import type { BucketConnection, TextEntry } from './bucket-store.ts'

export const sceneNames = ['history', 'keys', 'buckets', 'subscribers'] as const

export type SceneName = (typeof sceneNames)[number]

/** What a workload finds: buckets that are filled, and perhaps watchers. */
export interface BucketSetting {
  readonly connection: BucketConnection
  readonly size: number
  /** How many keys each bucket has. */
  readonly keyCount: number
  /** Watchers of the bucket; none but where they are the scene. */
  readonly audience: Audience
}

export interface Scene {
  readonly name: SceneName
  /** What the sizes count. */
  readonly unit: string
  /** Opens the scene in an empty store. */
  fill(connection: BucketConnection, size: number): Promise<BucketSetting>
}

/** The bucket that is measured. */
export const bucketName = 'measured'

const valueLength = 200
const fewKeys = 100
const chunkLength = 10_000

export const scenes: readonly Scene[] = [
  {
    name: 'history',
    unit: 'values kept of each key',
    fill: (connection, size) => fillBucket(connection, { size, keyCount: fewKeys, history: size }),
  },
  {
    name: 'keys',
    unit: 'keys in the bucket',
    fill: (connection, size) => fillBucket(connection, { size, keyCount: size, history: 1 }),
  },
  { name: 'buckets', unit: 'buckets in the store', fill: fillBuckets },
  { name: 'subscribers', unit: 'subscribers of the bucket', fill: gatherSubscribers },
]

export function sceneNamed(name: SceneName): Scene {
  const scene = scenes.find((candidate) => candidate.name === name)
  if (scene) return scene
  throw new Error(`There is no scene "${name}".`)
}

function keyAt(number: number): string {
  return `key.${String(number).padStart(8, '0')}`
}

/** Walks over all keys in strides, so that calls do not always meet the same neighbours. */
export function someKey(number: number, { keyCount }: BucketSetting): string {
  // A prime, and no factor of the numbers of keys: each key has its turn.
  return keyAt((number * 7919) % keyCount)
}

/** 200 characters that begin with the key that they belong to. */
export function textOf(key: string): string {
  return `${key}:`.padEnd(valueLength, 'the quick brown fox ')
}

interface Filling {
  readonly size: number
  readonly keyCount: number
  readonly history: number
}

/** Writes each key as often as its values are kept, so that the next write drops one. */
async function fillBucket(
  connection: BucketConnection,
  { size, keyCount, history }: Filling,
): Promise<BucketSetting> {
  await connection.createBucket(bucketName, history)
  for (let round = 0; round < history; round++) {
    for (let first = 0; first < keyCount; first += chunkLength) {
      const length = Math.min(chunkLength, keyCount - first)
      await connection.load(bucketName, entriesFrom(first, length))
    }
  }
  return { connection, size, keyCount, audience: new Audience() }
}

async function fillBuckets(connection: BucketConnection, size: number): Promise<BucketSetting> {
  const keyCount = 10
  for (let number = 1; number < size; number++) {
    const bucket = `other-${number}`
    await connection.createBucket(bucket, 1)
    await connection.load(bucket, entriesFrom(0, keyCount))
  }
  return fillBucket(connection, { size, keyCount, history: 1 })
}

async function gatherSubscribers(
  connection: BucketConnection,
  size: number,
): Promise<BucketSetting> {
  const setting = await fillBucket(connection, { size, keyCount: fewKeys, history: 1 })
  for (let number = 0; number < size; number++) {
    await connection.watch(bucketName, setting.audience.take())
  }
  return setting
}

function entriesFrom(first: number, length: number): TextEntry[] {
  return Array.from({ length }, (_, index) => {
    const key = keyAt(first + index)
    return [key, textOf(key)] as const
  })
}
