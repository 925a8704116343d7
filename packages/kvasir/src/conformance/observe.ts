/** What tests look at results with: short forms that read well in an assertion. */
import type { KvChange } from '../dialects/kv/kv-types.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { BucketEvent } from '../front/bucket-watch.ts'
import type { ManualClock } from './manual-clock.ts'

/** The code of the error that a call fails with; `'no error'` when it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'no error'
  } catch (error) {
    return KvasirError.is(error) ? error.code : `not a KvasirError: ${String(error)}`
  }
}

/** As `codeOf`, for a call that may also throw before it returns a promise. */
export function codeOfCall(call: () => unknown): Promise<string> {
  return codeOf((async () => call())())
}

/** The error that a call fails with. */
export async function errorOf(call: Promise<unknown>): Promise<KvasirError> {
  try {
    await call
  } catch (error) {
    if (KvasirError.is(error)) return error
    throw error
  }
  throw new Error('The call was expected to fail.')
}

/** All items of an iteration. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** The first so many items of an iteration, which is then left. */
export async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = []
  for await (const item of items) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

/** The value that a test writes last, so that a watcher knows when it has seen everything. */
export const lastValue = 'the last value'

/** What a watcher sees up to the put of `lastValue`, which is left out, in short form. */
export async function untilLast(
  events: AsyncIterable<BucketEvent> | AsyncIterable<KvChange>,
): Promise<string[]> {
  const seen: string[] = []
  for await (const event of events) {
    if (isLast(event)) break
    seen.push(shortForm(event))
  }
  return seen
}

/** An event in short form: `'put alice 3'` — kind, key, revision; `'gap 3 to 9'`. */
export function shortForm(event: BucketEvent | KvChange): string {
  if ('type' in event) {
    if (event.type === 'gap') return `gap ${event.revision} to ${event.to}`
    return event.type === 'clear'
      ? `clear ${event.revision}`
      : `${event.type} ${event.key} ${event.revision}`
  }
  if (event.kind === 'put') return `put ${event.entry.key} ${event.entry.revision}`
  if (event.kind === 'gap') return `gap ${event.revision} to ${event.to}`
  if (event.kind === 'clear' || event.kind === 'synced') return `${event.kind} ${event.revision}`
  return `${event.kind} ${event.key} ${event.revision}`
}

/** Lets pass what a TTL of a second takes, and time enough for the engine to record the expiry. */
export async function letExpire(clock: ManualClock): Promise<void> {
  await clock.advance(1000)
  await clock.advance(60_000)
}

/**
 * Lets time pass until something holds that background work brings about, or until that work has
 * had more than its time; the test's own assertions tell which.
 */
export async function letPassUntil(
  clock: ManualClock,
  isSo: () => Promise<boolean>,
): Promise<void> {
  for (let round = 0; round < 500; round++) {
    if (await isSo()) return
    await clock.advance(100)
  }
}

/** Numbers from 0 on, for tables and loads. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

function isLast(event: BucketEvent | KvChange): boolean {
  if ('type' in event) return event.type === 'put' && event.value === lastValue
  return event.kind === 'put' && event.entry.value === lastValue
}
