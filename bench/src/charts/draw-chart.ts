import { importPeer } from '../../peers/import-peer.ts'
import type { Chart } from './chart.ts'

interface Vega {
  parse(spec: unknown): unknown
  readonly View: new (
    runtime: unknown,
    options: { renderer: 'none' },
  ) => { toSVG(): Promise<string>; finalize(): void }
}

interface VegaLite {
  compile(spec: object): { readonly spec: unknown }
}

// Grey of middling lightness, so that it stands out on white and on black alike.
const ink = '#7d8590'

/** Draws a chart as SVG, with a transparent background. */
export async function drawChart(chart: Chart): Promise<string> {
  const vega = await importPeer<Vega>('vega')
  const { compile } = await importPeer<VegaLite>('vega-lite')
  const view = new vega.View(vega.parse(compile(specOf(chart)).spec), { renderer: 'none' })
  try {
    return `${await view.toSVG()}\n`
  } finally {
    view.finalize()
  }
}

/** The chart in Vega-Lite's words. */
function specOf(chart: Chart): object {
  const panels = [...new Set(chart.points.map(({ panel }) => panel))]
  return {
    background: null,
    title: { text: chart.title, anchor: 'start' },
    config: {
      axis: {
        labelColor: ink,
        titleColor: ink,
        gridColor: ink,
        gridOpacity: 0.25,
        labelLimit: 240,
      },
      legend: { labelColor: ink, titleColor: ink },
      title: { color: ink, fontSize: 14 },
      header: { labelColor: ink, titleColor: ink },
      view: { stroke: null },
      range: { category: ['#2f81f7', '#db6d28', '#3fb950', '#a371f7', '#d29922', '#f778ba', ink] },
    },
    data: { values: chart.points },
    facet: {
      row: {
        field: 'panel',
        sort: panels,
        title: null,
        header: { labelAnchor: 'start', labelAngle: 0, labelOrient: 'top' },
      },
    },
    spec: chart.kind === 'bars' ? bars(chart) : lines(chart),
    resolve: { scale: { x: 'independent', y: 'independent' } },
  }
}

function bars({ yTitle }: Chart): object {
  return {
    width: 520,
    height: { step: 18 },
    mark: { type: 'bar', tooltip: false },
    encoding: {
      y: { field: 'x', type: 'nominal', sort: null, title: null },
      x: { field: 'y', type: 'quantitative', title: yTitle, scale: { type: 'linear' } },
      color: { field: 'series', type: 'nominal', title: null, sort: null },
    },
  }
}

function lines({ xTitle, yTitle }: Chart): object {
  return {
    width: 520,
    height: 180,
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: xTitle,
        scale: { type: 'log' },
        axis: { format: '~s' },
      },
      y: { field: 'y', type: 'quantitative', title: yTitle, scale: { type: 'log' } },
      color: { field: 'series', type: 'nominal', title: null, sort: null },
    },
  }
}
