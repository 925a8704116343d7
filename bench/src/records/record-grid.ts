import { grouped, microseconds, times } from '../format.ts'
import type { Grid } from '../grid.ts'
import type { EngineInfo } from '../results.ts'
import { pairedRatio } from '../statistics.ts'
import { costsOf, medianCost } from './flatness.ts'
import type { RecordResults } from './record-results.ts'
import { recordWorkloadList } from './workloads/record-workload-list.ts'

// The tables about records: a row for each operation, and columns for each store and size.

const none = '–'

/** Microseconds of a call, of the stores of one durability. */
export function costGrid(results: RecordResults, durability: string): Grid {
  const stores = storesOf(results, durability)
  return sizedGrid(results, stores, ({ store, workload, elementCount }) => {
    const cost = medianCost(results, { store: store.name, workload, elementCount })
    return cost === undefined ? failureOf(results, store, workload) : microseconds(cost)
  })
}

/** How many times Kvasir's rate is that of the others of one durability. */
export function comparisonGrid(results: RecordResults, durability: string): Grid {
  const stores = storesOf(results, durability)
  const kvasir = stores.find(({ isKvasir }) => isKvasir)
  const peers = stores.filter(({ isKvasir }) => !isKvasir)
  return sizedGrid(results, peers, ({ store, workload, elementCount }) => {
    const ours = costsOf(results, { store: kvasir?.name ?? '', workload, elementCount })
    const theirs = costsOf(results, { store: store.name, workload, elementCount })
    // A rate is the inverse of a cost, so that theirs stands above.
    return ratioText(theirs, ours)
  })
}

/** How a call's cost grows from the smallest to the largest record. */
export function growthGrid(results: RecordResults): Grid {
  const { elementCounts, stores } = results
  const [few = 0, many = 0] = [elementCounts[0], elementCounts.at(-1)]
  const rows = rowsOf(results, stores, (workload) =>
    stores.map(({ name: store }) => {
      const [first, last] = [few, many].map((elementCount) =>
        costsOf(results, { store, workload, elementCount }),
      )
      return ratioText(last ?? [], first ?? [])
    }),
  )
  const title = `${grouped(many)} ÷ ${grouped(few)}`
  return { header: [title, ...stores.map((store) => `${store.title}, ${store.durability}`)], rows }
}

interface Cell {
  readonly store: EngineInfo
  readonly workload: string
  readonly elementCount: number
}

function sizedGrid(
  results: RecordResults,
  stores: readonly EngineInfo[],
  textOf: (cell: Cell) => string,
): Grid {
  const columns = stores.flatMap((store) =>
    results.elementCounts.map((elementCount) => ({ store, elementCount })),
  )
  const titles = columns.map(({ store, elementCount }) => `${store.title} ${grouped(elementCount)}`)
  const rows = rowsOf(results, stores, (workload) =>
    columns.map((column) => textOf({ ...column, workload })),
  )
  return { header: ['', ...titles], rows }
}

/** The rows of the workloads that any of the stores was measured at. */
function rowsOf(
  { measurements }: RecordResults,
  stores: readonly EngineInfo[],
  cellsOf: (workload: string) => string[],
): string[][] {
  return recordWorkloadList
    .filter(({ name }) =>
      measurements.some(({ workload, store }) => {
        return workload === name && stores.some((each) => each.name === store)
      }),
    )
    .map(({ name, title, isWhole }) => [isWhole ? `${title} *` : title, ...cellsOf(name)])
}

function storesOf({ stores }: RecordResults, durability: string): EngineInfo[] {
  return stores.filter((store) => store.durability === durability)
}

function ratioText(above: readonly number[], below: readonly number[]): string {
  if (above.length === 0 || below.length === 0) return none
  return times(pairedRatio(above, below).median)
}

function failureOf(
  { measurements }: RecordResults,
  { name }: EngineInfo,
  workload: string,
): string {
  const hasFailed = measurements.some(
    (each) => each.store === name && each.workload === workload && each.failure !== undefined,
  )
  return hasFailed ? 'failed' : none
}
