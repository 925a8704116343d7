import type { BucketConfig, BucketInfo, Engine } from 'kvasir/engine'
import { type Bug, turnEvents } from './broken-engine.ts'

/** Bugs in what subscribers to a subject are told. */
export const subjectBugs: readonly Bug[] = [
  {
    name: 'misses a message of a subscription',
    turnsRed: [
      'subscribing to a subject › tells a slow reader of a gap, then the last change of each key',
    ],
    breaks: (engine) => ({
      watch(at, query, options) {
        let count = 0
        return turnEvents(engine.watch(at, query, options), (event) =>
          query.since !== undefined && ++count === 2 ? [] : [event],
        )
      },
    }),
  },
  {
    name: 'repeats a message of a subscription',
    turnsRed: [
      'subscribing to a subject › tells every change of a bucket that publishes under it',
      'subscribing to a subject › goes on from the position of a message, with nothing missed or repeated',
    ],
    breaks: (engine) => ({
      watch: (at, query, options) =>
        turnEvents(engine.watch(at, query, options), (event) =>
          query.since === undefined ? [event] : [event, event],
        ),
    }),
  },
  {
    name: 'publishes under a wrong subject',
    turnsRed: [
      'subscribing to a subject › begins at the call, and sees nothing from before',
      'a bucket with republish › publishes what is stored from when it was set on',
    ],
    breaks: (engine) =>
      changePublishing(engine, (info) => ({
        ...info,
        config: withDest(info.config, (dest) => dest.replace('changes.>', 'changes.x.>')),
      })),
  },
  {
    name: 'publishes what was stored before republish was set',
    turnsRed: ['a bucket with republish › publishes what is stored from when it was set on'],
    breaks: (engine) => changePublishing(engine, (info) => ({ ...info, publishedSince: 0 })),
  },
  {
    name: 'publishes values that are to be left out',
    turnsRed: ['a bucket with republish › leaves values out when it is to'],
    breaks: (engine) =>
      changePublishing(engine, ({ config, ...info }) => ({
        ...info,
        config: withDest(config, (dest) => dest),
      })),
  },
]

/** The buckets as subscriptions are told of them, changed. */
function changePublishing(
  engine: Engine,
  change: (info: BucketInfo) => BucketInfo,
): Pick<Engine, 'listBuckets'> {
  return {
    async listBuckets(project, query) {
      const page = await engine.listBuckets(project, query)
      return query.publishing ? { ...page, buckets: page.buckets.map(change) } : page
    },
  }
}

/** With nothing but another subject. */
function withDest(config: BucketConfig, change: (dest: string) => string): BucketConfig {
  const { republish } = config
  return republish ? { ...config, republish: { dest: change(republish.dest) } } : config
}
