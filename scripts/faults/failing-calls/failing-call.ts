import type { DriverChanges } from '../planted-driver.ts'

/** A call that a store makes of the system, and how it fails. */
export interface FailingCall {
  readonly call: 'write' | 'sync'
  readonly nth: number
  /** From where N is counted: the creation of a store, or the first write to one that is there. */
  readonly since: 'creation' | 'writing'
  readonly error: 'EIO' | 'ENOSPC'
  /** The N-th alone, or all from then on. */
  readonly how: 'once' | 'onwards'
}

export interface FailingTask extends DriverChanges {
  /** Where stores are made; calls on other files never fail. */
  readonly scratch: string
  readonly control: string
  readonly calls: readonly FailingCall[]
}

/** What became of stores whose calls failed. */
export interface FailingReport {
  /** Cases in which the call came to be made. */
  readonly reached: number
  readonly acknowledged: number
  /** Commits that were told a failure. */
  readonly refused: number
  readonly problems: readonly string[]
}

const errorNumbers = { EIO: 5, ENOSPC: 28 } as const

/** What is written to the control file to arm it. */
export function armed({ call, nth, error, how }: FailingCall): string {
  return `${call} ${nth} ${errorNumbers[error]} ${how}`
}

export function nameOf({ call, nth, error, how, since }: FailingCall): string {
  return `${error} of ${call} ${nth} since ${since}, ${how}`
}
