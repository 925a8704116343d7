// A process of the suite of scale: fills a store, or opens it and measures what calls cost. Each
// task has a fresh process, so that memory and opening are those of that task.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Kv, openStore } from 'kvasir'
import { createDataSet, nameAt, valueAt } from '../data-set.ts'
import { percentile } from '../statistics.ts'
import type { CallCost, ScaleAnswer, ScaleTask } from './scale-figures.ts'
import { serveWhileReaping } from './serve-while-reaping.ts'

const task = JSON.parse(process.argv[2] ?? '') as ScaleTask
const data = createDataSet(1, task.valueBytes)

async function main(): Promise<void> {
  const begin = performance.now()
  const store = await openStore(task.directory, { durability: task.durability })
  const kv = store.project('bench').kv()
  await kv.get(keyOf(0))
  const openMs = performance.now() - begin
  const answer = await carryOut(kv)
  const rssBytes = process.memoryUsage().rss
  const closeBegin = performance.now()
  await store.close()
  const closeMs = performance.now() - closeBegin
  const whole: ScaleAnswer = {
    ...answer,
    openMs,
    closeMs,
    rssBytes,
    diskBytes: bytesIn(task.directory),
  }
  process.stdout.write(JSON.stringify(whole))
}

async function carryOut(kv: Kv): Promise<Partial<ScaleAnswer>> {
  if (task.kind === 'load') return { loadSeconds: await load(kv) }
  if (task.kind === 'reap') {
    return { reaping: await serveWhileReaping(kv, { ...task, keyOf, valueFor }) }
  }
  const get = await timeEach(task.ms, async (number) => {
    if ((await kv.get(someKey(number))) === null) throw new Error('A key was not found.')
  })
  const put = await timeEach(task.ms, (number) => kv.set(someKey(number), valueFor(number + 1)))
  let cursor: string | undefined
  const page = await timeEach(task.ms, async () => {
    const given = { limit: 1000, ...(cursor !== undefined && { cursor }) }
    const { items, ...rest } = await kv.entries().page(given)
    if (items.length === 0) throw new Error('A page is empty.')
    cursor = rest.cursor
  })
  return { get, put, page }
}

async function load(kv: Kv): Promise<number> {
  const begin = performance.now()
  const step = 2000
  for (let first = task.from; first < task.to; first += step) {
    const length = Math.min(step, task.to - first)
    const entries = Array.from({ length }, (_, index) => {
      return { key: keyOf(first + index), value: valueFor(first + index) }
    })
    await kv.setMany(entries)
  }
  return (performance.now() - begin) / 1000
}

/** Makes calls one by one for a time; what each takes is counted, after a warm-up. */
async function timeEach(ms: number, call: (number: number) => Promise<unknown>): Promise<CallCost> {
  const times: number[] = []
  const begin = performance.now()
  const warm = begin + ms / 5
  for (let number = 0; performance.now() < begin + ms * 1.2; number++) {
    const start = performance.now()
    await call(number)
    if (start > warm) times.push((performance.now() - start) * 1000)
  }
  const sum = times.reduce((total, us) => total + us, 0)
  const [p50Us, p99Us] = [percentile(times, 50), percentile(times, 99)]
  return { calls: times.length, meanUs: sum / times.length, p50Us, p99Us }
}

function keyOf(number: number): string {
  return nameAt('user', number)
}

function valueFor(number: number) {
  return valueAt(data, number)
}

/** Walks over all keys in strides of a prime, so that none is near the one before. */
function someKey(number: number): string {
  return keyOf((number * 7_368_787) % task.to)
}

function bytesIn(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

void main() // What it throws ends the process, which the bench notices.
