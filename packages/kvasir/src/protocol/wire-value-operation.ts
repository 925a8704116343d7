/** What all operations have on the wire, and what those on plain values have. */
import { writeNumber } from './wire-number.ts'

/** The body of a batch as JSON text, of operations that are JSON text. */
export function writeOperations(bucket: string, operations: readonly string[]): string {
  return `{"bucket":${JSON.stringify(bucket)},"operations":[${operations.join()}]}`
}

/** An operation as JSON text, of its head and the members that are JSON text already. */
export function writeOperation(
  head: Readonly<Record<string, unknown>>,
  members: readonly string[],
): string {
  return `${[JSON.stringify(head).slice(0, -1), ...members].join()}}`
}

/** The member of a value that needs no other beside it, as JSON text. */
export function writeJsonValue(json: string): string {
  return `"value":${json}`
}

/** What is added to a number, as a member. */
export function writeBy(by: number): string {
  return `"by":${writeNumber(by)}`
}
