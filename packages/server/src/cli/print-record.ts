import { withoutControls } from './format.ts'
import type { Output } from './output.ts'

/** Prints a record as JSON: over several lines on a terminal, on one otherwise. */
export function printRecord(out: Output, record: object): Promise<void> {
  const text = JSON.stringify(record, null, out.isTerminal ? 2 : undefined)
  return out.line(withoutControls(text))
}
