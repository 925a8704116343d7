import { atMost, flatness, httpGet, openMs, ownFootprint, pageGrowth, rate } from './demands.ts'
import type { Target } from './target.ts'

const kvasir = { ours: 'kvasir-durable' } as const
const relaxed = { ours: 'kvasir-relaxed' } as const
const served = { ours: 'served-durable' } as const
/** NATS has no Unix socket, so that it is compared with Kvasir on TCP. */
const servedOnTcp = { ours: 'served-tcp' } as const
const servedRelaxed = { ours: 'served-relaxed' } as const
const sqlite = { theirs: 'sqlite-full', text: 'raw `node:sqlite`' } as const
const lmdbJson = { theirs: 'lmdb-synced' } as const
const redis = { theirs: 'redis-always', text: '`ioredis`' } as const
const everySecond = { theirs: 'redis-everysec' } as const

/** What was asked of Kvasir's speed: ratios within one run, at both sizes of values. */
export const targets: readonly Target[] = [
  {
    workload: 'embedded get hit, awaited, keys at random over 100k',
    demands: [
      rate('embedded', 0.85, {
        ...{ ...kvasir, ...sqlite, workload: 'get' },
        text: 'raw prepared `node:sqlite` look-up + `JSON.parse`',
      }),
      rate('embedded', 10, {
        ...{ ...kvasir, theirs: 'keyv-sqlite', workload: 'get' },
        text: 'keyv + sqlite',
      }),
      rate('embedded', 20, {
        ...{ ...kvasir, theirs: 'deno-kv', workload: 'get' },
        text: '`@deno/kv`',
      }),
    ],
  },
  {
    workload: 'embedded get hit, awaited, 1,000 hot keys',
    demands: [
      rate('embedded', 1, {
        ...{ ...kvasir, ...lmdbJson, workload: 'get-hot' },
        text: 'raw `lmdb` + `JSON.parse`',
      }),
      rate('embedded', 1.5, { ...kvasir, ...sqlite, workload: 'get-hot' }),
      rate('embedded', 0.6, {
        ...{ ...kvasir, theirs: 'map-json', workload: 'get-hot' },
        text: 'a JavaScript `Map` of JSON text',
      }),
    ],
  },
  {
    workload: 'embedded get miss, has',
    demands: [
      rate('embedded', 0.8, {
        ...{ ...kvasir, ...sqlite, workload: 'get-miss' },
        text: 'raw `node:sqlite` (get miss)',
      }),
      rate('embedded', 0.8, {
        ...{ ...kvasir, ...sqlite, workload: 'has' },
        text: 'raw `node:sqlite` (has)',
      }),
    ],
  },
  {
    workload: 'embedded set, durable, awaited one by one',
    demands: [
      rate('embedded', 0.9, {
        ...{ ...kvasir, ...sqlite, workload: 'set' },
        text: 'raw `node:sqlite` FULL doing the same one statement',
      }),
      rate('embedded', 1.3, {
        ...{ ...kvasir, ...lmdbJson, workload: 'set' },
        text: 'raw `lmdb` durable',
      }),
    ],
  },
  {
    workload: 'embedded set, durable, 64 in flight',
    demands: [
      rate('embedded', 4, {
        ...{ ...kvasir, ...sqlite, workload: 'set-64' },
        text: 'raw `node:sqlite` FULL used one statement per call',
      }),
      rate('embedded', 1.5, {
        ...{ ...kvasir, ...lmdbJson, workload: 'set-64' },
        text: 'raw `lmdb` durable `put`',
      }),
      rate('embedded', 20, {
        ...{ ...kvasir, theirs: 'keyv-sqlite', workload: 'set-64' },
        text: 'keyv + sqlite',
      }),
    ],
  },
  {
    workload: 'embedded set, relaxed, awaited / 64 in flight',
    demands: [
      rate('embedded', 0.7, {
        ...{ ...relaxed, theirs: 'sqlite-normal', workload: 'set' },
        text: 'raw `node:sqlite` NORMAL one statement per call (awaited)',
      }),
      rate('embedded', 1.5, {
        ...{ ...relaxed, theirs: 'sqlite-normal', workload: 'set-64' },
        text: 'raw `node:sqlite` NORMAL one statement per call (64 in flight)',
      }),
      rate('embedded', 4, {
        ...{ ...relaxed, theirs: 'lmdb', workload: 'set' },
        text: 'raw `lmdb` `put`, default mode (awaited)',
      }),
      rate('embedded', 1.5, {
        ...{ ...relaxed, theirs: 'lmdb', workload: 'set-64' },
        text: 'raw `lmdb` `put`, default mode (64 in flight)',
      }),
    ],
  },
  {
    workload: 'increment, 64 callers on one key, durable',
    demands: [
      rate('embedded', 15, {
        ...{ ...kvasir, theirs: 'deno-kv', workload: 'increment-64' },
        text: '`@deno/kv` atomic',
      }),
      rate('embedded', 100, {
        ...{ ...kvasir, theirs: 'nats-always', workload: 'increment-64' },
        text: 'NATS KV compare-and-set loop',
      }),
      rate('embedded', 0.5, {
        ...{ ...kvasir, ...redis, workload: 'increment-64' },
        text: 'Redis `INCR` through `ioredis` (appendonly always)',
      }),
    ],
  },
  {
    workload: 'list a page of 1,000 (keys and values)',
    demands: [
      rate('embedded', 0.8, { ...kvasir, ...sqlite, workload: 'list-page' }),
      pageGrowth(1.5),
    ],
  },
  {
    workload: 'over the wire: get / set, awaited',
    demands: [
      rate('wire', 1, { ...served, ...redis, workload: 'get', text: '`ioredis` (get)' }),
      rate('wire', 1, {
        ...{ ...servedRelaxed, ...everySecond, workload: 'set' },
        text: '`ioredis`, appendonly everysec (set relaxed)',
      }),
      rate('wire', 1, {
        ...{ ...served, ...redis, workload: 'set' },
        text: '`ioredis`, appendonly always (set durable)',
      }),
    ],
  },
  {
    workload: 'over the wire: get / set, 64 in flight',
    demands: [
      rate('wire', 1.5, { ...served, ...redis, workload: 'get-64', text: '`ioredis` (get)' }),
      rate('wire', 1, {
        ...{ ...servedRelaxed, ...everySecond, workload: 'set-64' },
        text: '`ioredis`, appendonly everysec (set relaxed)',
      }),
      rate('wire', 1, {
        ...{ ...served, ...redis, workload: 'set-64' },
        text: '`ioredis`, appendonly always (set durable)',
      }),
      rate('wire', 6, {
        ...{ ...servedOnTcp, theirs: 'nats-always', workload: 'get-64' },
        text: 'NATS KV client (get, both on TCP)',
      }),
      rate('wire', 15, {
        ...{ ...served, theirs: 'keyv-postgres', workload: 'get-64' },
        text: 'keyv + postgres (get)',
      }),
    ],
  },
  { workload: 'HTTP `GET` of a key, wrk with 64 connections', demands: [httpGet(0.6)] },
  {
    workload: 'increment, set over the wire, 64 in flight, durable',
    demands: [
      rate('wire', 0.5, {
        ...{ ...served, ...redis, workload: 'increment-64' },
        text: '`ioredis` (increment)',
      }),
      rate('wire', 4, {
        ...{ ...served, theirs: 'keyv-postgres', workload: 'set-64' },
        text: 'keyv + postgres (set)',
      }),
      rate('wire', 1, {
        ...{ ...served, ...redis, workload: 'set-64' },
        text: '`ioredis`, appendonly always (set)',
      }),
    ],
  },
  {
    workload: 'list or set field of 100,000 elements against 10',
    demands: [flatness(2)],
  },
  {
    workload: '100k × 1 KB: growth of RSS, bytes on disk',
    demands: [
      atMost(80, 'MB', {
        text: '≤ 80 MB with the default cache',
        label: '1 KB',
        read: (figures) => {
          const own = ownFootprint(figures)
          return own && own.rssBytes / 1e6
        },
      }),
      atMost(1.5, '×', {
        text: '≤ 1.5 × the JSON bytes, WAL apart',
        label: '1 KB',
        read: (figures) => {
          const own = ownFootprint(figures)
          return own && own.diskBytes / own.jsonBytes
        },
      }),
    ],
  },
]

/** What was asked beside the table. */
export const furtherTargets: readonly Target[] = [
  {
    workload: "`import 'kvasir'` and opening an existing store",
    demands: [atMost(50, 'ms', { text: '≤ 50 ms', label: 'with a get', read: openMs })],
  },
  {
    workload: '`kvasir/client`',
    demands: [
      atMost(8, 'kB', {
        text: '≤ 8 kB gzipped, to open a store, get and set',
        label: 'loaded at first, by a bundler that splits',
        read: ({ startUp }) => startUp && startUp.client.firstGzipBytes / 1000,
      }),
      atMost(8, 'kB', {
        text: '≤ 8 kB gzipped, all of it',
        label: 'in one file',
        read: ({ startUp }) => startUp && startUp.client.gzipBytes / 1000,
      }),
    ],
  },
  {
    workload: 'reaping 1,000,000 expired keys while serving',
    demands: [
      atMost(2, '×', {
        text: 'p99 of gets ≤ 2 × without',
        label: '100 B',
        read: ({ reaping }) => {
          const told = reaping?.reaping
          return told && told.during.p99Us / told.without.p99Us
        },
      }),
    ],
  },
]
