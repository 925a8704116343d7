import { perSecond, table, times } from './format.ts'
import type { EngineInfo, Measurement, Results } from './results.ts'
import { median, pairedRatio } from './statistics.ts'
import type { Workload } from './workloads/workload.ts'
import { workloadList } from './workloads/workload-list.ts'

// The tables: a row for each operation and class of durability, a column for each store. Only like
// is compared with like: durable writes with durable ones, reads from disk with reads from disk.

export interface Grid {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export function markdown({ header, rows }: Grid): string {
  return table(header, rows)
}

type Class = 'durable' | 'relaxed' | 'from disk' | 'memory'

const none = '–'

/** Operations per second of everybody. */
export function rateGrid(results: Results, valueBytes: number): Grid {
  return grid(results, valueBytes, (theirs) => perSecond(median(theirs.rates)))
}

/** How many times Kvasir's rate is everybody else's. */
export function ratioGrid(results: Results, valueBytes: number): Grid {
  return grid(results, valueBytes, (theirs, ours) => {
    return ours ? times(pairedRatio(ours.rates, theirs.rates).median) : none
  })
}

type Cell = (theirs: Measurement, ours: Measurement | undefined) => string

function grid(results: Results, valueBytes: number, cell: Cell): Grid {
  const peers = results.engines.filter(({ isKvasir }) => !isKvasir)
  const titles = [...new Set(peers.map(({ title }) => title))]
  const rows = rowsOf(results, valueBytes).map(({ workload, rowClass }) => {
    const inRow = engineFinder(results, { workload, rowClass, valueBytes })
    const ours = inRow(({ isKvasir }) => isKvasir)
    const theirs = titles.map((title) => inRow((engine) => engine.title === title))
    const own = ours && ours.rates.length > 0 ? perSecond(median(ours.rates)) : failureOf(ours)
    const cells = theirs.map((each) => {
      if (!each || each.rates.length === 0) return failureOf(each)
      return cell(each, ours?.rates.length ? ours : undefined) + lossOf(each)
    })
    return [`${workload.title}, ${rowClass}`, own, ...cells]
  })
  return { header: ['', 'Kvasir, ops/s', ...titles], rows }
}

function rowsOf({ engines, measurements }: Results, valueBytes: number) {
  return workloadList.flatMap((workload) => {
    const measured = measurements.filter((each) => {
      return each.workload === workload.name && each.valueBytes === valueBytes
    })
    const classes = engines
      .filter(({ name }) => measured.some(({ engine }) => engine === name))
      .map((engine) => classOf(engine, workload))
    return [...new Set(classes)].map((rowClass) => ({ workload, rowClass }))
  })
}

interface Row {
  readonly workload: Workload
  readonly rowClass: Class
  readonly valueBytes: number
}

function engineFinder({ engines, measurements }: Results, { workload, rowClass, valueBytes }: Row) {
  const inClass = engines.filter((engine) => classOf(engine, workload) === rowClass)
  return (isWanted: (engine: EngineInfo) => boolean): Measurement | undefined => {
    const names = inClass.filter(isWanted).map(({ name }) => name)
    return measurements.find(
      (each) =>
        names.includes(each.engine) &&
        each.workload === workload.name &&
        each.valueBytes === valueBytes,
    )
  }
}

function classOf({ durability }: EngineInfo, { kind }: Workload): Class {
  return kind === 'read' && durability !== 'memory' ? 'from disk' : durability
}

function failureOf(measurement: Measurement | undefined): string {
  return measurement?.failure === undefined ? none : 'failed'
}

function lossOf({ increments }: Measurement): string {
  return increments && increments.lost > 0 ? ' (loses counts)' : ''
}
