import { table } from '../format.ts'

/** How soon a watch is told of a change by another process, and what waiting for one costs. */
export interface WakeUps {
  /** Watches that are open in the process that waits, of as many buckets. */
  readonly watches: number
  /** From before the write until the watch has told of it, each in milliseconds. */
  readonly latenciesMs: readonly number[]
  /** The part of one processor that the process takes while nothing is written. */
  readonly idleCpu: number
}

// Kvasir's promise about watches across processes. The time includes the durable write itself.
export const wakeUpPromise = { p99MsMax: 50, idleCpuMax: 0.01 } as const

export interface WakeUpVerdict {
  readonly watches: number
  readonly what: 'p99' | 'idle processor time'
  readonly isKept: boolean
}

/** What was not measured counts as not kept. */
export function judgeWakeUps(measured: readonly WakeUps[]): WakeUpVerdict[] {
  return measured.flatMap(({ watches, latenciesMs, idleCpu }) => [
    {
      watches,
      what: 'p99',
      isKept: latenciesMs.length > 0 && percentile(latenciesMs, 99) <= p99MsMax,
    },
    { watches, what: 'idle processor time', isKept: idleCpu <= idleCpuMax },
  ])
}

/** The paragraphs about them in a report; none when they were not measured. */
export function wakeUpSections(measured: readonly WakeUps[]): string[] {
  if (measured.length === 0) return []
  const rows = measured.map(({ watches, latenciesMs, idleCpu }) => [
    String(watches),
    ...[50, 99, 100].map((share) => percentile(latenciesMs, share).toFixed(1)),
    `${(100 * idleCpu).toFixed(2)} %`,
  ])
  const header = ['watches open', 'ms, p50', 'p99', 'most', 'idle processor time']
  const missed = judgeWakeUps(measured).filter(({ isKept }) => !isKept)
  const verdict = missed.map(({ watches, what }) => `${what} with ${watches}`).join(', ')
  return [
    '## Watches: a change by another process',
    table(header, rows),
    `${promiseText}: ${missed.length === 0 ? 'kept' : `NOT kept (${verdict})`}.`,
  ]
}

/** The smallest of the values that so many in a hundred do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('There is no percentile of nothing.')
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] as number
}

const { p99MsMax, idleCpuMax } = wakeUpPromise
const promiseText = [
  "Kvasir promises that a watch is told of another process's durable write",
  `within ${p99MsMax} ms (p99), at no more than ${100 * idleCpuMax} % of a processor`,
  'while nothing is written',
].join(' ')
