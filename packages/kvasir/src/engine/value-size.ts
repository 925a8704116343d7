import type { StoredValue } from '../codec/stored-value.ts'
import type { OnValue } from './call-options.ts'
import type { CommitResult, OperationResult, ReadResult } from './operation.ts'

// What values take in memory, roughly, and how whoever has to keep it within bounds is told.

/** The bytes of a value, or the characters. */
export function sizeOfValue(value: StoredValue): number {
  return value.kind === 'bytes' ? value.data.byteLength : value.data.length
}

/** Tells of the values of one answer to a question, and gives it back. */
export function tellOfRead(result: ReadResult, onValue: OnValue | undefined): ReadResult {
  if (onValue) {
    if (result.entry) onValue(sizeOfValue(result.entry.value))
    if (result.elements) onValue(sizeOfElements(result.elements))
  }
  return result
}

/** Tells of the values in what one operation reports. */
export function tellOfResult(result: OperationResult, onValue: OnValue | undefined): void {
  if (!onValue) return
  if (result.previous) onValue(sizeOfValue(result.previous.value))
  if (result.elements) onValue(sizeOfElements(result.elements))
}

/** Tells of the values in the answer to a commit that is given again, and gives it back. */
export function tellOfCommit(commit: CommitResult, onValue: OnValue | undefined): CommitResult {
  if (commit.ok) for (const result of commit.results) tellOfResult(result, onValue)
  return commit
}

function sizeOfElements(elements: NonNullable<ReadResult['elements']>): number {
  return elements
    .flatMap(([, values]) => values)
    .reduce((total, value) => total + sizeOfValue(value), 0)
}
