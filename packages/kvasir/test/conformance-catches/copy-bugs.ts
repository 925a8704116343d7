import type { BucketConfig, Engine } from 'kvasir/engine'
import type { Bug } from './broken-engine.ts'

/** Bugs in buckets that copy others. */
export const copyBugs: readonly Bug[] = [
  {
    name: 'makes a mirror that copies nothing',
    turnsRed: [
      'creating a mirror › begins with what its origin holds, under the same revisions and times',
      'a mirror › has every change of its origin as soon as that is acknowledged',
    ],
    breaks: (engine) => changeConfig(engine, ({ mirror: _ignored, ...config }) => config),
  },
  {
    name: 'numbers the changes of a mirror anew',
    turnsRed: [
      'creating a mirror › takes over as much history as it keeps itself',
      'watching a mirror › sees every change in order, whatever numbers lie between',
      'a mirror › refuses every write, and has changed nothing',
    ],
    breaks: (engine) =>
      changeConfig(engine, ({ mirror, ...config }) => ({
        ...config,
        ...(mirror && { sources: [mirror] }),
      })),
  },
  {
    name: 'copies keys that the filter leaves out',
    turnsRed: [
      'creating a mirror › begins from a revision or a time, and with keys that match',
      'kv-bucket-create with mirror › makes a read-only copy that honours every parameter, and answers them',
    ],
    breaks: (engine) =>
      changeConfig(engine, ({ mirror, ...config }) => {
        const { filterSubject: _ignored, ...origin } = mirror ?? { bucket: '' }
        return { ...config, ...(mirror && { mirror: origin }) }
      }),
  },
  {
    name: 'receives from the first source alone',
    turnsRed: [
      'creating a bucket with sources › begins with what they hold, one after the other',
      'a bucket with sources › receives their puts and removals as changes of its own',
    ],
    breaks: (engine) =>
      changeConfig(engine, ({ sources, ...config }) => ({
        ...config,
        ...(sources && { sources: sources.slice(0, 1) }),
      })),
  },
  {
    name: 'deletes mirrors together with their origin',
    turnsRed: ['a mirror › keeps its origin from being deleted, and names itself'],
    breaks: (engine) => ({
      async deleteBucket(at) {
        const { buckets } = await engine.listBuckets(at.project, { limit: 100 })
        const mirrors = buckets.filter(({ config }) => config.mirror?.bucket === at.bucket)
        for (const { name } of mirrors) await engine.deleteBucket({ ...at, bucket: name })
        return engine.deleteBucket(at)
      },
    }),
  },
]

/** Buckets created with another configuration, of which they tell nothing. */
function changeConfig(
  engine: Engine,
  change: (config: BucketConfig) => BucketConfig,
): Partial<Engine> {
  return { createBucket: (at, config) => engine.createBucket(at, change(config)) }
}
