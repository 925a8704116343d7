import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from './sqlite-errors.ts'

const pauseMsMax = 5

/**
 * A short pause of random length, so that processes which wait for one lock do not march in step.
 */
export function pauseForLock(): Promise<void> {
  return sleep(pauseMs())
}

export function pauseMs(): number {
  return 1 + Math.random() * pauseMsMax
}

/**
 * Repeats work while another process keeps it from the lock. Between attempts the event loop is
 * free; real time counts here, whatever clock the engine was given.
 */
export async function retryWhileBusy<Result>(
  work: () => Result,
  busyTimeoutMs: number,
): Promise<Result> {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    await pauseForLock()
  }
}
