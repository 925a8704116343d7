// A process that measures what a `set` costs step by step: in plain SQL, on the very tables of
// Kvasir and with the driver that it uses, and through Kvasir itself.

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Kv, openStore } from 'kvasir'
import { createDataSet, entriesBetween, keyAt, valueOfWrite } from '../data-set.ts'
import { openDatabase } from '../engines/sqlite-database.ts'
import { inTurn } from '../in-turn.ts'
import { type CommitPathTask, callersCounts, type StepCosts } from './commit-path.ts'
import { openInSql, type Step, type WrittenEntry } from './steps-in-sql.ts'

const task = JSON.parse(process.argv[2] ?? '') as CommitPathTask
const data = createDataSet(task.keyCount, task.valueBytes)
const entries = entriesBetween(data, 0, task.keyCount)

async function main(): Promise<void> {
  const store = join(task.directory, 'store')
  const copy = join(task.directory, 'copy.db')
  await fill(store)
  copyFileSync(join(store, 'kvasir.db'), copy)
  const synchronous = task.durability === 'durable' ? 'FULL' : 'NORMAL'
  const raw = await openDatabase(join(task.directory, 'raw.db'), synchronous)
  const tables = await openDatabase(copy, synchronous)
  const opened = await openStore(store, { durability: task.durability })
  const steps = [
    ...openInSql({ raw, tables, entries }),
    { name: 'Kvasir', set: throughKvasir(opened.project().kv()) },
  ]
  process.stdout.write(JSON.stringify(await measure(steps)))
  await opened.close()
  tables.close()
  raw.close()
}

/** Closed afterwards, so that everything is in one file, which can be copied. */
async function fill(directory: string): Promise<void> {
  const store = await openStore(directory, { durability: 'relaxed' })
  const kv = store.project().kv()
  for (let from = 0; from < entries.length; from += 1000) {
    const some = entries.slice(from, from + 1000)
    await kv.setMany(some.map(([key, value]) => ({ key, value })))
  }
  await store.close()
}

function throughKvasir(kv: Kv): Step['set'] {
  return (some) => Promise.all(some.map(({ key, value }) => kv.set(key, value)))
}

async function measure(steps: readonly Step[]): Promise<StepCosts[]> {
  const costs = new Map<string, StepCosts>()
  // The first round only warms up.
  for (let round = 0; round <= task.rounds; round++) {
    for (const callers of callersCounts) {
      for (const step of inTurn(steps, round)) {
        const { wallUs, processorUs } = await costOf(step, callers)
        if (round === 0) continue
        const name = `${step.name} ${callers}`
        const { wallUs: wall = [], processorUs: processor = [] } = costs.get(name) ?? {}
        costs.set(name, {
          step: step.name,
          callers,
          wallUs: [...wall, wallUs],
          processorUs: [...processor, processorUs],
        })
      }
    }
  }
  // As the steps follow each other, and not as the rounds took them.
  return steps.flatMap(({ name }) =>
    callersCounts.flatMap((callers) => costs.get(`${name} ${callers}`) ?? []),
  )
}

let writes = 0

async function costOf(step: Step, callers: number) {
  const before = process.cpuUsage()
  const begin = performance.now()
  let calls = 0
  while (performance.now() - begin < task.ms) {
    await step.set(Array.from({ length: callers }, next))
    calls += callers
  }
  const wallUs = ((performance.now() - begin) * 1000) / calls
  const { user, system } = process.cpuUsage(before)
  return { wallUs, processorUs: (user + system) / calls }
}

function next(): WrittenEntry {
  const number = writes++
  return { key: keyAt(data.keys, data, number), value: valueOfWrite(data, number, number) }
}

void main() // What it throws ends the process, which the bench notices.
