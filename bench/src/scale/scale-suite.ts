import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Chart } from '../charts/chart.ts'
import { dataDirectory } from '../engine-process.ts'
import { grouped, sizeText } from '../format.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { say } from '../progress.ts'
import type { Suite } from '../suites/suite.ts'
import type { ScaleAnswer, ScaleFigures, ScalePoint, ScaleTask } from './scale-figures.ts'
import { reportScale } from './scale-report.ts'

// What happens as a store grows: a store of 100 B values to ten million keys, and one of 1 KB
// values to a million, in suites of their own to stay within ten minutes each.

// So that the suite stays within its ten minutes.
const loadSecondsMax = 450

const worker = join(import.meta.dirname, 'scale-worker.ts')

export const scaleSuites: readonly Suite[] = [
  scaleSuite({
    name: 'scale-100',
    valueBytes: 100,
    counts: [10_000, 100_000, 1_000_000, 10_000_000],
    expiring: 0,
  }),
  scaleSuite({
    name: 'scale-1k',
    valueBytes: 1024,
    counts: [10_000, 100_000, 1_000_000],
    expiring: 0,
  }),
  scaleSuite({ name: 'reaping', valueBytes: 100, counts: [1_000_000], expiring: 1_000_000 }),
]

interface Scale {
  readonly name: string
  readonly valueBytes: number
  /** How many keys the store has, from few to many. */
  readonly counts: readonly number[]
  readonly expiring: number
}

function scaleSuite(scale: Scale): Suite {
  const { name, valueBytes, expiring, counts } = scale
  const most = grouped(counts.at(-1) ?? 0)
  const size = sizeText(valueBytes)
  const about =
    expiring > 0
      ? `gets while ${grouped(expiring)} keys of ${size} expire`
      : `cost as a store grows, to ${most} keys of ${size}`
  return {
    name,
    about,
    async run({ isQuick }) {
      const machine = describeMachine()
      const figures = await measure(isQuick ? reduced(scale) : scale, isQuick ? 500 : 3000)
      const text = `${machineLine(machine)}\n\n${reportScale(figures)}\n`
      const charts = figures.points.length > 0 ? [chartOf(name, figures.points)] : []
      return { figures, text, failures: [], charts }
    },
  }
}

function reduced(scale: Scale): Scale {
  const counts = scale.counts.map((count) => count / 10)
  return { ...scale, counts, expiring: scale.expiring / 10 }
}

async function measure(scale: Scale, ms: number): Promise<ScaleFigures> {
  const { valueBytes, counts, expiring } = scale
  const directory = join(dataDirectory, scale.name)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const shared = { directory, valueBytes, ms, from: 0, expiring, durability: 'durable' } as const
  try {
    const points: ScalePoint[] = []
    let from = 0
    for (const to of counts) {
      const seconds = (to - from) / (points.at(-1)?.loadedPerSecond ?? Number.POSITIVE_INFINITY)
      if (seconds > loadSecondsMax) {
        const tooLong = { keyCount: to, seconds }
        say(`${grouped(to)} keys are LEFT OUT: to load them would take ${seconds.toFixed(0)} s`)
        return { points, tooLong }
      }
      const point = await measureAt({ ...shared, from, to }, expiring > 0)
      if (point) points.push(point)
      from = to
    }
    if (expiring === 0) return { points }
    const { reaping } = await ask({ ...shared, kind: 'reap', to: from })
    return { points, ...(reaping && { reaping }) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measureAt(
  task: Omit<ScaleTask, 'kind'>,
  isFillingAlone: boolean,
): Promise<ScalePoint | undefined> {
  const { from, to: keyCount, valueBytes } = task
  const { loadSeconds = Number.NaN } = await ask({ ...task, kind: 'load' })
  const loadedPerSecond = (keyCount - from) / loadSeconds
  say(`${grouped(keyCount)} keys: loaded at ${grouped(Math.round(loadedPerSecond))} /s`)
  if (isFillingAlone) return undefined
  const relaxed = await ask({ ...task, kind: 'measure', durability: 'relaxed' })
  const durable = await ask({ ...task, kind: 'measure' })
  const { get, page, openMs, rssBytes, diskBytes } = durable
  const [putRelaxed, putDurable] = [relaxed.put, durable.put]
  if (!get || !page || !putRelaxed || !putDurable) throw new Error('A figure is missing.')
  const costs = { get, page, putRelaxed, putDurable }
  return { keyCount, valueBytes, loadedPerSecond, openMs, rssBytes, diskBytes, ...costs }
}

async function ask(task: ScaleTask): Promise<ScaleAnswer> {
  const flags = ['--import', 'tsx', worker, JSON.stringify(task)]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  return JSON.parse(stdout) as ScaleAnswer
}

function chartOf(name: string, points: readonly ScalePoint[]): Chart {
  const series = [
    ['get', 'get'],
    ['put, relaxed', 'putRelaxed'],
    ['put, durable', 'putDurable'],
    ['page of 1,000', 'page'],
  ] as const
  const bytes = points[0]?.valueBytes ?? 0
  return {
    name,
    title: `What a call costs as a store grows, ${sizeText(bytes)}`,
    kind: 'lines',
    xTitle: 'keys in the store',
    yTitle: 'µs a call, mean',
    points: series.flatMap(([title, field]) =>
      points.map((point) => {
        return { panel: sizeText(bytes), x: point.keyCount, y: point[field].meanUs, series: title }
      }),
    ),
  }
}
