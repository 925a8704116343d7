import type { BucketConfig } from 'kvasir/engine'
import type { Bug } from './broken-engine.ts'

/** Bugs in buckets as wholes: what they are set to, and what that does. */
export const bucketBugs: readonly Bug[] = [
  {
    name: 'counts the bytes that compressed values have on the disk',
    turnsRed: [
      'a bucket with compression › counts the bytes that values have raw',
      'a bucket with compression › keeps its limits by the bytes that values have raw',
    ],
    breaks: (engine) => ({
      async getBucket(at, options) {
        const info = await engine.getBucket(at, options)
        return info.config.compression ? { ...info, bytes: Math.ceil(info.bytes / 3) } : info
      },
    }),
  },
  {
    name: 'holds compressed values to limits of what they have on the disk',
    turnsRed: ['a bucket with compression › keeps its limits by the bytes that values have raw'],
    breaks: (engine) => ({
      createBucket: (at, config) =>
        engine.createBucket(at, config.compression ? withLimits(config, 3) : config),
    }),
  },
  {
    name: 'makes no difference between memory and file',
    turnsRed: [
      'a bucket with its values in memory › is the same as one without when it is given "file"',
      'a bucket with its values in memory › is in memory in what the functions say of it',
    ],
    breaks: (engine) => ({
      createBucket: (at, { storage: _ignored, ...config }) => engine.createBucket(at, config),
    }),
  },
  {
    name: 'lets a bucket change from memory to file',
    turnsRed: ['a bucket with its values in memory › stays what it is for its whole life'],
    breaks: (engine) => ({
      updateBucket: (at, { storage: _ignored, ...changes }) => engine.updateBucket(at, changes),
    }),
  },
  {
    name: 'updates a bucket in two steps',
    turnsRed: [
      'updating a bucket › changes all that several callers change at once',
      'kv-bucket-update › changes all that several calls change at once',
    ],
    breaks: (engine) => ({
      async updateBucket(at, changes) {
        const { config } = await engine.getBucket(at)
        return engine.updateBucket(at, { ...nothingSet, ...config, ...changes })
      },
    }),
  },
]

const nothingSet = { ttlMs: null, bytesMax: null, valueBytesMax: null, republish: null }

function withLimits(config: BucketConfig, times: number): BucketConfig {
  const { bytesMax, valueBytesMax } = config
  return {
    ...config,
    ...(bytesMax !== undefined && { bytesMax: bytesMax * times }),
    ...(valueBytesMax !== undefined && { valueBytesMax: valueBytesMax * times }),
  }
}
