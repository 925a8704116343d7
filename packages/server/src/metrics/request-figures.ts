/**
 * Counts requests and how long they took. One is noted for each request, so that labels are looked
 * up here in maps: prom-client makes text of them every time. It writes what is found here.
 */
import { Counter, Gauge, type Registry } from 'prom-client'

/** A request that has been answered. */
export interface AnsweredRequest {
  readonly method: string
  /** The pattern of the route; `undefined`: there is none at the path. */
  readonly route: string | undefined
  readonly status: number
  readonly durationMs: number
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** The requests of one method on one route. */
interface Series {
  readonly labels: { readonly route: string; readonly method: string }
  readonly byStatus: Map<number, number>
  /** How many took at most the bound of the same place, but more than the one before. */
  readonly withinBounds: number[]
  count: number
  sumSeconds: number
}

export class RequestFigures {
  readonly #byRoute = new Map<string, Map<string, Series>>()

  constructor(registers: Registry[]) {
    const all = (): Series[] => [...this.#byRoute.values()].flatMap((each) => [...each.values()])
    new Counter({
      name: 'kvasir_http_requests_total',
      help: 'Requests that have been answered.',
      labelNames: ['route', 'method', 'status'],
      registers,
      collect() {
        this.reset()
        for (const { labels, byStatus } of all()) {
          for (const [status, count] of byStatus) this.inc({ ...labels, status }, count)
        }
      },
    })
    for (const registry of registers) registry.registerMetric(new Durations(all))
  }

  note({ method: given, route = 'none', status, durationMs }: AnsweredRequest): void {
    const series = this.#seriesOf(route, methods.has(given) ? given : 'other')
    series.byStatus.set(status, (series.byStatus.get(status) ?? 0) + 1)
    const seconds = durationMs / 1000
    series.count++
    series.sumSeconds += seconds
    for (let index = 0; index < boundsSeconds.length; index++) {
      if (seconds > (boundsSeconds[index] as number)) continue
      series.withinBounds[index] = (series.withinBounds[index] as number) + 1
      return
    }
  }

  #seriesOf(route: string, method: string): Series {
    const known = this.#byRoute.get(route)?.get(method)
    if (known) return known
    const withinBounds = boundsSeconds.map(() => 0)
    const labels = { route, method }
    const series = { labels, byStatus: new Map(), withinBounds, count: 0, sumSeconds: 0 }
    const byMethod = this.#byRoute.get(route) ?? new Map<string, Series>()
    this.#byRoute.set(route, byMethod.set(method, series))
    return series
  }
}

type DurationLabel = 'route' | 'method' | 'le'

/** A histogram whose figures are counted elsewhere, which prom-client has no class for. */
class Durations extends Gauge<DurationLabel> {
  readonly #all: () => readonly Series[]

  constructor(all: () => readonly Series[]) {
    const name = 'kvasir_http_request_duration_seconds'
    const help = 'The time from the headers of a request to those of its answer.'
    super({ name, help, labelNames: ['route', 'method', 'le'], registers: [] })
    Object.assign(this, { type: 'histogram' }) // What it is written as.
    this.#all = all
  }

  override async get() {
    const empty = await super.get()
    const values = this.#all().flatMap((series) => valuesOf(series, empty.name))
    return { ...empty, values }
  }
}

function valuesOf({ labels, withinBounds, count, sumSeconds }: Series, name: string) {
  let reached = 0
  const buckets = boundsSeconds.map((le, index) => {
    reached += withinBounds[index] ?? 0
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: reached }
  })
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
