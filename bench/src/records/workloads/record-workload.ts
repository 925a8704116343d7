import type { CallSteps } from '../../time-calls.ts'
import type { RecordConnection } from '../record-store.ts'

/** One operation as it is measured: the same code for every store and every number of elements. */
export interface RecordWorkload {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  readonly kind: 'read' | 'write'
  /** Whether the operation carries the whole record, so that its cost grows with it by nature. */
  readonly isWhole?: boolean
  /** Whether Kvasir promises that its cost hardly depends on the number of elements. */
  readonly isFlat?: boolean
  /** Makes what is called again and again; the record has all of its elements between calls. */
  createSteps(setting: RecordSetting): CallSteps
}

export interface RecordSetting {
  readonly connection: RecordConnection
  readonly elementCount: number
}

/** @throws {Error} when an answer that has to be an element is none. */
export function asElement(answer: unknown): string {
  if (typeof answer === 'string') return answer
  throw new Error('The list has lost its elements.')
}

/** @throws {Error} when a set says that it was not as the workload left it. */
export function checkChanged(answer: unknown): void {
  if (answer !== true) throw new Error('A member was not as it had been left.')
}

/** Looks whether a record that was read whole has all its elements. */
export function checkWhole({ elementCount }: RecordSetting): (answer: unknown) => void {
  return (answer) => {
    const { elements } = answer as { elements?: readonly string[] }
    if (elements?.length === elementCount) return
    throw new Error(`A record came back with ${elements?.length} elements, not ${elementCount}.`)
  }
}
