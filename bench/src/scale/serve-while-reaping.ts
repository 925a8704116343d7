import { setImmediate as turn } from 'node:timers/promises'
import type { Kv } from 'kvasir'
import type { JsonObject } from '../engines/engine.ts'
import { percentile } from '../statistics.ts'
import type { CallCost, Reaping } from './scale-figures.ts'

interface Setting {
  readonly expiring: number
  /** How many keys there are that stay. */
  readonly to: number
  readonly ms: number
  keyOf(number: number): string
  valueFor(number: number): JsonObject
}

const callEveryMs = 0.5
const step = 2000
const reapMsMax = 180_000

/** Has a great many keys expire at once, and asks for others before and meanwhile. */
export async function serveWhileReaping(kv: Kv, setting: Setting): Promise<Reaping> {
  const { expiring, ms } = setting
  const dueMs = await storeExpiring(kv, setting)
  const without = costOf(await serve(kv, setting, () => performance.now() < dueMs.quiet + ms))
  while (performance.now() < dueMs.expiry) await turn()
  const begin = performance.now()
  let isDone = false
  const looking = watchRemovals(kv, expiring, () => {
    isDone = true
  })
  const during = costOf(
    await serve(kv, setting, () => !isDone && performance.now() < begin + reapMsMax),
  )
  const seconds = (performance.now() - begin) / 1000
  await looking.close()
  return { expired: expiring, seconds, isDone, without, during }
}

/** Stores what expires, all of it at one time; answers when there is quiet, and that time. */
async function storeExpiring(
  kv: Kv,
  setting: Setting,
): Promise<{ readonly quiet: number; readonly expiry: number }> {
  const { expiring, ms, valueFor } = setting
  const roomMs = ms + 5000 + 2 * (await estimateMs(kv, setting))
  const begin = performance.now()
  for (let first = 0; first < expiring; first += step) {
    const ttl = Math.max(1, Math.ceil(begin + roomMs - performance.now()))
    const length = Math.min(step, expiring - first)
    const entries = Array.from({ length }, (_, index) => {
      return { key: `passing:${first + index}`, value: valueFor(first + index), ttl }
    })
    await kv.setMany(entries)
  }
  const quiet = performance.now()
  const expiry = begin + roomMs
  if (quiet + ms > expiry) throw new Error('Keys expired before all of them were stored.')
  return { quiet, expiry }
}

/** How long it takes to store all that is to expire, by a part of it that stays. */
async function estimateMs(kv: Kv, { expiring, valueFor }: Setting): Promise<number> {
  const begin = performance.now()
  const rounds = 10
  for (let round = 0; round < rounds; round++) {
    const entries = Array.from({ length: step }, (_, index) => {
      return { key: `staying:${round * step + index}`, value: valueFor(index) }
    })
    await kv.setMany(entries)
  }
  return ((performance.now() - begin) / (rounds * step)) * expiring
}

/** Calls `onDone` once so many keys have been told to be gone. */
function watchRemovals(kv: Kv, wanted: number, onDone: () => void) {
  const watch = kv.watch({ prefix: 'passing:' })
  // It ends when the watch is closed.
  void (async () => {
    let count = 0
    for await (const _change of watch) {
      count++
      if (count === wanted) onDone()
    }
  })()
  return watch
}

/**
 * Asks at even times, whatever the answers before took, and counts from the time when it should
 * have asked: who has to wait for the reaper is in the figures.
 */
async function serve(
  kv: Kv,
  { to, keyOf }: Setting,
  goesOn: () => boolean,
): Promise<readonly number[]> {
  const times: number[] = []
  let due = performance.now()
  for (let number = 0; goesOn(); number++) {
    due += callEveryMs
    while (performance.now() < due) await turn()
    const value = await kv.get(keyOf((number * 7_368_787) % to))
    if (value === null) throw new Error('A key was not found.')
    times.push((performance.now() - due) * 1000)
  }
  return times
}

function costOf(times: readonly number[]): CallCost {
  const sum = times.reduce((total, us) => total + us, 0)
  const [p50Us, p99Us] = [percentile(times, 50), percentile(times, 99)]
  return { calls: times.length, meanUs: sum / times.length, p50Us, p99Us }
}
