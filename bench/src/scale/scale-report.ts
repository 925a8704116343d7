import { grouped, microseconds, sizeText, table, times } from '../format.ts'
import type { CallCost, Reaping, ScaleFigures, ScalePoint } from './scale-figures.ts'

/** The tables of the suite of scale. */
export function reportScale({ points, reaping, tooLong }: ScaleFigures): string {
  const parts = [
    ...(points.length > 0 ? [growth(points)] : []),
    ...(tooLong ? [leftOut(tooLong)] : []),
    ...(reaping ? [told(reaping)] : []),
  ]
  return parts.join('\n\n')
}

function growth(points: readonly ScalePoint[]): string {
  const row = (title: string, cell: (point: ScalePoint) => string) => [title, ...points.map(cell)]
  const rows = [
    row('loaded, keys/s', ({ loadedPerSecond }) => grouped(Math.round(loadedPerSecond))),
    row('open and first get, ms', ({ openMs }) => openMs.toFixed(0)),
    row('get, µs: p50 / p99', ({ get }) => both(get)),
    row('put relaxed, µs: p50 / p99', ({ putRelaxed }) => both(putRelaxed)),
    row('put durable, µs: p50 / p99', ({ putDurable }) => both(putDurable)),
    row('page of 1,000, µs: p50 / p99', ({ page }) => both(page)),
    row('RSS, MB', ({ rssBytes }) => (rssBytes / 1e6).toFixed(0)),
    row('on disk, MB', ({ diskBytes }) => (diskBytes / 1e6).toFixed(0)),
    row('on disk by the values', ({ diskBytes, keyCount, valueBytes }) =>
      times(diskBytes / (keyCount * valueBytes)),
    ),
  ]
  const bytes = sizeText(points[0]?.valueBytes ?? 0)
  return table([`keys of ${bytes}`, ...points.map(({ keyCount }) => grouped(keyCount))], rows)
}

function told({ expired, seconds, isDone, without, during }: Reaping): string {
  const head = [`gets while ${grouped(expired)} keys are reaped`, 'p50, µs', 'p99, µs', 'calls']
  const row = (title: string, cost: CallCost) => [
    title,
    microseconds(cost.p50Us),
    microseconds(cost.p99Us),
    grouped(cost.calls),
  ]
  const ratio = times(during.p99Us / without.p99Us)
  const end = isDone ? `took ${seconds.toFixed(0)} s` : `was NOT done after ${seconds.toFixed(0)} s`
  const rows = [row('before', without), row('meanwhile', during)]
  return `${table(head, rows)}\n\nThe reaping ${end}; p99 was ${ratio} that of before.`
}

function leftOut({ keyCount, seconds }: NonNullable<ScaleFigures['tooLong']>): string {
  return `${grouped(keyCount)} keys were left out: to load them would have taken ${seconds.toFixed(0)} s.`
}

function both({ p50Us, p99Us }: CallCost): string {
  return `${microseconds(p50Us)} / ${microseconds(p99Us)}`
}
