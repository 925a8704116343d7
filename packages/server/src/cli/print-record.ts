import type { Output } from './output.ts'

/** Prints a record as JSON: over several lines on a terminal, on one otherwise. */
export function printRecord(out: Output, record: object): Promise<void> {
  return out.line(JSON.stringify(record, null, out.isTerminal ? 2 : undefined))
}
