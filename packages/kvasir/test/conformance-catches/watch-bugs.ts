import type { WatchEvent } from 'kvasir/engine'
import { type Bug, turnEvents } from './broken-engine.ts'

/** Bugs in what watchers see. */
export const watchBugs: readonly Bug[] = [
  {
    name: 'delivers a watch event twice',
    turnsRed: ['watching a bucket › sees every change from then on, in order'],
    breaks: (engine) => ({
      watch: (at, query, options) =>
        turnEvents(engine.watch(at, query, options), (event) => [event, event]),
    }),
  },
  {
    name: 'skips a watch event',
    turnsRed: ['watching a bucket › sees every change from then on, in order'],
    breaks: (engine) => ({
      watch: (at, query, options) =>
        turnEvents(engine.watch(at, query, options), (event) =>
          event.kind === 'delete' ? [] : [event],
        ),
    }),
  },
  {
    name: 'swallows the gap',
    turnsRed: [
      'a slow reader › is told of a gap when it is too far behind, then the last change of every key',
      'a slow reader › of one key is told of a gap as well',
      'a slow reader › that goes on from the gap is told of it again',
      'watching since a revision › tells the last change of every key, removals too',
    ],
    breaks: (engine) => ({
      watch: (at, query, options) =>
        turnEvents(engine.watch(at, query, options), (event) =>
          event.kind === 'gap' ? [] : [event],
        ),
    }),
  },
  {
    name: 'tells of a gap after what has taken its place',
    turnsRed: [
      'a slow reader › is told of a gap when it is too far behind, then the last change of every key',
    ],
    breaks: (engine) => ({
      watch(at, query, options) {
        let held: WatchEvent[] = []
        return turnEvents(engine.watch(at, query, options), (event) => {
          if (event.kind === 'gap') {
            held = [event]
            return []
          }
          return [event, ...held.splice(0)]
        })
      },
    }),
  },
  {
    name: 'tells of gaps where there are none',
    turnsRed: ['watching since a revision › tells of no gap where it tells every change'],
    breaks: (engine) => ({
      watch: (at, query, options) =>
        turnEvents(engine.watch(at, query, options), (event) =>
          event.kind === 'delete'
            ? [{ kind: 'gap', revision: event.revision - 1, to: event.revision }, event]
            : [event],
        ),
    }),
  },
  {
    name: 'tells an expiry as a delete',
    turnsRed: ['watching a bucket › sees an expiry once it is recorded'],
    breaks: (engine) => ({
      watch: (at, query, options) =>
        turnEvents(engine.watch(at, query, options), (event) =>
          event.kind === 'expire' ? [{ ...event, kind: 'delete' }] : [event],
        ),
    }),
  },
  {
    name: 'begins a watch one revision early',
    turnsRed: [
      'watching since a revision › begins with what came after it, which is not repeated',
      'kv.watch › goes on from a revision',
    ],
    breaks: (engine) => ({
      watch: (at, { since, ...query }, options) =>
        engine.watch(at, { ...query, ...(since && { since: since - 1 }) }, options),
    }),
  },
  {
    name: 'watches every key when asked for one',
    turnsRed: ['watching one key › sees its changes alone'],
    breaks: (engine) => ({
      watch: (at, { key: _ignored, ...query }, options) => engine.watch(at, query, options),
    }),
  },
  {
    name: 'says synced without the initial values',
    turnsRed: [
      'watching with the initial values › begins with the entries there are, then says synced',
    ],
    breaks: (engine) => ({
      watch: (at, { initial: _ignored, ...query }, options) => engine.watch(at, query, options),
    }),
  },
]
