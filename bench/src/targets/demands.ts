import { costsAt } from '../buckets/bucket-results.ts'
import { sizeText } from '../format.ts'
import { httpServerNames } from '../http-get/http-get-suite.ts'
import { judgeFlatness } from '../records/flatness.ts'
import type { Measurement } from '../results.ts'
import { median, pairedRatio } from '../statistics.ts'
import type { Demand, Figures, Reached, SizedResults } from './target.ts'

// How each kind of demand is read from what the suites have measured.

interface Comparison {
  readonly ours: string
  readonly theirs: string
  readonly workload: string
}

/** Kvasir's rate by that of somebody else in the same run. */
export function rate(
  part: 'embedded' | 'wire',
  limit: number,
  { text, ...comparison }: Comparison & { readonly text: string },
): Demand {
  return {
    text: `≥ ${limit} × ${text}`,
    bound: 'at least',
    limit,
    unit: '×',
    reached: (figures) => figures[part].flatMap((sized) => ratioIn(sized, comparison)),
  }
}

function ratioIn(
  { size, results }: SizedResults,
  { ours, theirs, workload }: Comparison,
): Reached[] {
  const find = (engine: string): Measurement | undefined =>
    results.measurements.find((each) => each.engine === engine && each.workload === workload)
  const [own, other] = [find(ours), find(theirs)]
  const isWhole = [own, other].every((each) => each?.rates.length && each.failure === undefined)
  if (!own || !other || !isWhole) return []
  return [{ label: size, value: pairedRatio(own.rates, other.rates).median }]
}

/** The worst that an operation on a large field costs by what it costs on a small one. */
export function flatness(limit: number): Demand {
  return {
    text: `cost ≤ ${limit} × for append, shift, peek, add, has, remove, increment`,
    bound: 'at most',
    limit,
    unit: '×',
    reached({ records }) {
      const verdicts = records ? judgeFlatness(records) : []
      const ratios = verdicts.map(({ ratio }) => ratio ?? Number.POSITIVE_INFINITY)
      if (verdicts.length === 0) return []
      const value = Math.max(...ratios)
      const worst = verdicts.find(({ ratio }) => (ratio ?? Number.POSITIVE_INFINITY) === value)
      return [{ label: `worst: ${worst?.workload}, ${worst?.store}`, value }]
    },
  }
}

/** What a page costs in the largest bucket by what it costs in the smallest. */
export function pageGrowth(limit: number): Demand {
  return {
    text: `independent of bucket size: at 1,000,000 keys ≤ ${limit} × the cost at 100,000`,
    bound: 'at most',
    limit,
    unit: '×',
    reached({ buckets }) {
      const [few, many] = [buckets?.sizes.keys[0], buckets?.sizes.keys.at(-1)]
      const own = buckets?.stores.find(({ name }) => name === 'kvasir-durable')
      if (!buckets || !own || few === undefined || many === undefined) return []
      const place = { store: own.name, workload: 'bucket-page' }
      const [low, high] = [few, many].map((size) => costsAt(buckets, { ...place, size }))
      if (!low?.length || !high?.length) return []
      return [{ label: '200 B', value: pairedRatio(high, low).median }]
    },
  }
}

export function httpGet(limit: number): Demand {
  return {
    text: `≥ ${limit} × a bare \`node:http\` handler that answers the same bytes from a \`Map\``,
    bound: 'at least',
    limit,
    unit: '×',
    reached({ http }) {
      const [own = [], bare = []] = [httpServerNames.ours, httpServerNames.bare].map(
        (name) => http?.servers[name] ?? [],
      )
      return own.map(({ valueBytes, rates }, index) => {
        const value = pairedRatio(rates, bare[index]?.rates ?? []).median
        return { label: sizeText(valueBytes), value }
      })
    },
  }
}

/** A figure of one suite, in a unit of its own. */
export function atMost(
  limit: number,
  unit: string,
  {
    text,
    label,
    read,
  }: {
    readonly text: string
    readonly label: string
    readonly read: (figures: Figures) => number | undefined
  },
): Demand {
  return {
    text,
    bound: 'at most',
    limit,
    unit,
    reached(figures) {
      const value = read(figures)
      return value === undefined ? [] : [{ label, value }]
    },
  }
}

export function ownFootprint({ footprint }: Figures) {
  return footprint?.footprints.find(({ engine }) => engine === 'kvasir-durable')
}

export function openMs({ startUp }: Figures): number | undefined {
  return startUp && median(startUp.openMs)
}
