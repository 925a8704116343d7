/** A rate in at most four characters or so: `847`, `3.1k`, `112k`, `1.2M`. */
export function perSecond(rate: number): string {
  if (rate >= 999_500) return `${(rate / 1e6).toFixed(1)}M`
  if (rate >= 9950) return `${(rate / 1e3).toFixed(0)}k`
  if (rate >= 1000) return `${(rate / 1e3).toFixed(1)}k`
  return rate.toFixed(0)
}

/** A ratio: `0.004×`, `0.83×`, `4.1×`, `120×`. */
export function times(ratio: number): string {
  if (ratio >= 9.95) return `${ratio.toFixed(0)}×`
  if (ratio < 0.0095) return `${ratio.toPrecision(1)}×`
  return ratio >= 0.995 ? `${ratio.toFixed(1)}×` : `${ratio.toFixed(2)}×`
}

/** A cost in microseconds, with as many digits as can be meant: `4.2`, `87`, `3,120`. */
export function microseconds(us: number): string {
  return us >= 9.95 ? grouped(Math.round(us)) : us.toFixed(1)
}

/** `100,000` */
export function grouped(count: number): string {
  return count.toLocaleString('en')
}

export function sizeText(bytes: number): string {
  return bytes >= 1024 ? `${Number((bytes / 1024).toFixed(1))} KB` : `${bytes} B`
}

/** Lays out rows as a Markdown table that is readable as text, too. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) => pad(cell, widths[column] as number, column))
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, column) => {
    return column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`
  })
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
