import type { Awaitable } from './engines/engine.ts'

/** One call and what belongs around it; `call` alone is measured. */
export interface CallSteps {
  /** Takes out what `call` puts in, or makes what it is given. */
  prepare?(number: number): Awaitable<string>
  call(prepared: string, number: number): Awaitable<unknown>
  /** Looks at the answer and throws when it is wrong, so that no store is quick at nothing. */
  check?(answer: unknown, number: number): void
  /** Puts back what `call` took out. */
  restore?(answer: unknown, number: number): Awaitable<unknown>
}

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
  steps: CallSteps,
  { ms, callsMin }: CallPace,
  clock: Clock = () => performance.now(),
): Promise<CallTimes> {
  const warm = await callUntil(steps, { ms: ms / 5, callsMin: 1, first: 0 }, clock)
  return callUntil(steps, { ms, callsMin, first: warm.calls }, clock)
}

async function callUntil(
  steps: CallSteps,
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
