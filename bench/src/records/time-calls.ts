import type { RecordSteps } from './workloads/record-workload.ts'

export interface CallPace {
  /** How long to go on, what is not measured included. */
  readonly ms: number
  /** So many calls are made at least, however long they take. */
  readonly callsMin: number
}

/** What the measured calls took together, stalls included. */
export interface CallTimes {
  readonly calls: number
  readonly ms: number
}

export type Clock = () => number

/**
 * Makes one call after the other and adds up the time of the calls alone: what is done around each,
 * to keep the record at its size, is left out. It begins with a warm-up that is not counted.
 */
export async function timeCalls(
  steps: RecordSteps,
  { ms, callsMin }: CallPace,
  clock: Clock = () => performance.now(),
): Promise<CallTimes> {
  const warm = await callUntil(steps, { ms: ms / 5, callsMin: 1, first: 0 }, clock)
  return callUntil(steps, { ms, callsMin, first: warm.calls }, clock)
}

async function callUntil(
  steps: RecordSteps,
  { ms, callsMin, first }: CallPace & { first: number },
  clock: Clock,
): Promise<CallTimes> {
  const end = clock() + ms
  let calls = 0
  let callsMs = 0
  while (calls < callsMin || clock() < end) {
    const number = first + calls
    const prepared = (await steps.prepare?.(number)) ?? ''
    const begin = clock()
    const answer = await steps.call(prepared, number)
    callsMs += clock() - begin
    steps.check?.(answer, number)
    await steps.restore?.(answer, number)
    calls++
  }
  return { calls, ms: callsMs }
}
