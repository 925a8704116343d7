import type { DataSet } from '../data-set.ts'
import type { Awaitable, Connection } from '../engines/engine.ts'

/** One operation as it is measured: the same code for every engine. */
export interface Workload {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  readonly kind: 'read' | 'write'
  /** How many calls are in flight at a time. */
  readonly callers: 1 | 64
  /** Whether its cost does not depend on the values, so that one size will do. */
  readonly isSizeless?: boolean
  /** What not every engine has. */
  readonly needs?: 'pages'
  /** Whether half the time will do. */
  readonly isShort?: boolean
  /** Whether it is a read of which too few fit into the time of one: it is given a write's. */
  readonly isLong?: boolean
  run(setting: Setting): Promise<Outcome>
}

export interface Setting {
  readonly connection: Connection
  readonly data: DataSet
  readonly ms: number
  /** Where in the order of keys to begin, so that rounds do not repeat each other. */
  readonly start: number
}

export interface Outcome {
  readonly operations: number
  readonly ms: number
  /** Whether every acknowledged increment is in the total. */
  readonly increments?: { readonly acknowledged: number; readonly lost: number }
}

interface Pace {
  readonly callers: number
  readonly ms: number
  /** The running number of the first call. */
  readonly start: number
  /** Ends early after so many calls. */
  readonly callsMax?: number
}

const warmUpMsMin = 50

type Step = (number: number) => Awaitable<unknown>

/** Looks at an answer and throws when it is wrong, so that no engine is quick at nothing. */
type Check = (answer: unknown, number: number) => void

/**
 * Calls `step` over and over and takes the average rate, stalls included. Each caller awaits its
 * own call before its next. It begins with a warm-up that is not counted.
 */
export async function repeat(
  { callers, ms, start, callsMax = Number.POSITIVE_INFINITY }: Pace,
  step: Step,
  check?: Check,
): Promise<Outcome & { readonly calls: number }> {
  const warmUp = { callers, ms: Math.max(ms / 10, warmUpMsMin), start, callsMax: callsMax / 10 }
  const warm = await callUntil(warmUp, step, check)
  const rest = { callers, ms, start: start + warm.calls, callsMax: callsMax - warm.calls }
  const { calls, elapsedMs } = await callUntil(rest, step, check)
  return { operations: calls, ms: elapsedMs, calls: warm.calls + calls }
}

async function callUntil(
  { callers, ms, start, callsMax }: Pace & { callsMax: number },
  step: Step,
  check?: Check,
): Promise<{ calls: number; elapsedMs: number }> {
  let next = start
  const last = start + callsMax
  // Looking at the clock costs as much as the quickest calls do, hence not each time. Of many
  // callers each looks, or the slowest stores would go on long after the end.
  const turns = callers === 1 ? 8 : 1
  const begin = performance.now()
  const end = begin + ms
  const caller = async (): Promise<void> => {
    while (next < last && performance.now() < end) {
      for (let turn = 0; turn < turns; turn++) {
        const number = next++
        const answer = await step(number)
        check?.(answer, number)
      }
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return { calls: next - start, elapsedMs: performance.now() - begin }
}
