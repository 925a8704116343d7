/** Watches, from a thread of its own, that the thread of the functions goes on. */
import { Worker } from 'node:worker_threads'

/** What the thread is given. */
export interface WatchdogSetup {
  /** Shared by both threads. */
  readonly numbers: Int32Array
  readonly slots: typeof slots
  /** The directory of the functions. */
  readonly root: string
}

/** Where the two threads find their numbers. */
const slots = { heartbeat: 0, timeoutMs: 1, requests: 2 } as const

const heartbeatMs = 100

export interface Watchdog {
  /** How long the thread may be busy with one thing. */
  allow(timeoutMs: number): void
  requestBegan(): void
  requestEnded(): void
  /** Requests that have begun and not ended. */
  readonly requests: number
}

/**
 * Starts watching. A thread that runs one piece of code for longer than is allowed cannot be
 * stopped from within; so the process is killed, after a line in the log that says where it was.
 */
export function startWatchdog(root: string, timeoutMs: number): Watchdog {
  const bytes = Object.keys(slots).length * Int32Array.BYTES_PER_ELEMENT
  const numbers = new Int32Array(new SharedArrayBuffer(bytes))
  const add = (slot: number, by: number): void => {
    numbers[slot] = (numbers[slot] ?? 0) + by
  }
  numbers[slots.timeoutMs] = timeoutMs
  setInterval(() => add(slots.heartbeat, 1), heartbeatMs).unref()
  const workerData: WatchdogSetup = { numbers, slots, root }
  new Worker(new URL('./watchdog-thread.js', import.meta.url), { workerData }).unref()
  return {
    allow: (ms) => {
      numbers[slots.timeoutMs] = ms
    },
    requestBegan: () => add(slots.requests, 1),
    requestEnded: () => add(slots.requests, -1),
    get requests() {
      return numbers[slots.requests] ?? 0
    },
  }
}
