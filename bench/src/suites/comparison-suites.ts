import type { Chart } from '../charts/chart.ts'
import { readOptions } from '../options.ts'
import { fullReport } from '../report.ts'
import type { Results, WireResults } from '../results.ts'
import { median } from '../statistics.ts'
import { failuresOf, measure } from './measure.ts'
import type { Suite } from './suite.ts'

// The suites in which stores take turns at the same workloads.

const embeddedEngines = [
  ...['kvasir-durable', 'sqlite-full', 'lmdb', 'lmdb-synced', 'keyv-sqlite', 'deno-kv'],
  ...['redis-always', 'nats-always', 'kvasir-relaxed', 'sqlite-normal', 'map-json'],
].join()
const embeddedWorkloads = 'get,get-hot,get-miss,has,set,set-64,increment-64,list-page'

export const comparisonSuites: readonly Suite[] = [
  embedded('embedded-100', 100),
  embedded('embedded-1k', 1024),
  wire('wire-100', 100),
  wire('wire-1k', 1024),
  compared({
    name: 'records',
    about: 'lists and sets of 10 to 100,000 elements',
    chosen: ['--only', 'records'],
  }),
  compared({
    name: 'buckets',
    about: 'history, pages, statistics, watches',
    chosen: ['--only', 'buckets'],
  }),
]

function embedded(name: string, bytes: number): Suite {
  const chosen = ['--engines', embeddedEngines, '--only', embeddedWorkloads, '--sizes', `${bytes}`]
  const about = `reads and writes in the process, ${bytes} B`
  const draw = ({ measurements, engines }: Results) => [
    chartOf({ name, title: about }, { measurements, engines, absent: [] }),
  ]
  return compared({ name, about, chosen, draw })
}

function wire(name: string, bytes: number): Suite {
  const about = `reads and writes over the wire, ${bytes} B`
  const chosen = ['--only', 'wire', '--sizes', `${bytes}`]
  const draw = (results: Results) => [chartOf({ name, title: about }, results.wire)]
  return compared({ name, about, chosen, draw })
}

interface Compared {
  readonly name: string
  readonly about: string
  /** What the suite is on the command line. */
  readonly chosen: readonly string[]
  readonly draw?: (results: Results) => Chart[]
}

function compared({ name, about, chosen, draw = () => [] }: Compared): Suite {
  return {
    name,
    about,
    async run({ argv }) {
      // What is given by hand comes last, and so is what counts.
      const options = readOptions([...chosen, ...argv])
      if (!options) throw new Error('A suite has no help of its own.')
      const results = await measure(options)
      return {
        figures: results,
        text: fullReport(results),
        failures: failuresOf(results, options),
        charts: draw(results),
      }
    },
  }
}

/** A panel for each workload, a bar for each store. */
function chartOf(
  about: Pick<Chart, 'name' | 'title'>,
  { engines, measurements }: WireResults,
): Chart {
  const points = measurements.flatMap(({ engine, workload, rates }) => {
    const info = engines.find(({ name }) => name === engine)
    if (!info || rates.length === 0) return []
    const series = info.durability
    return [{ panel: workload, x: engine, y: median(rates), series }]
  })
  const panels = [...new Set(points.map(({ panel }) => panel))]
  const sorted = panels.flatMap((panel) => points.filter((point) => point.panel === panel))
  return { ...about, kind: 'bars', xTitle: '', yTitle: 'calls a second', points: sorted }
}
