/** A picture for the docs: bars or lines, on a logarithmic scale, that read on light and dark. */
export interface Chart {
  /** The file's name, without its ending. */
  readonly name: string
  readonly title: string
  readonly kind: 'bars' | 'lines'
  /** What the axes count. */
  readonly xTitle: string
  readonly yTitle: string
  readonly points: readonly ChartPoint[]
}

export interface ChartPoint {
  /** A panel of its own for each, one below the other. */
  readonly panel: string
  /** A bar's name, or a number on the axis of lines. */
  readonly x: string | number
  readonly y: number
  readonly series: string
}
