// Makes one store after another whose N-th call fails. `io-shim.c` must have been preloaded.
import type { FailingReport, FailingTask } from './failing-call.ts'
import { nameOf } from './failing-call.ts'
import { FailingStore } from './failing-store.ts'

const task = JSON.parse(process.argv[2] ?? '') as FailingTask
const problems: string[] = []
let [reached, acknowledged, refused, current] = [0, 0, 0, '']
process.on('unhandledRejection', (error) => {
  problems.push(`${current}: an unhandled rejection, ${String(error)}`)
})

for (const [index, call] of task.calls.entries()) {
  current = nameOf(call)
  const store = new FailingStore(task, index)
  await store.meet(call)
  problems.push(...store.problems.map((problem) => `${current}: ${problem}`))
  acknowledged += store.acknowledged
  refused += store.refused
  if (store.hasFailed) reached++
  if (index % 20 === 19) globalThis.gc?.()
}
await new Promise(setImmediate) // Rejections are told at the end of a turn.
const report: FailingReport = { reached, acknowledged, refused, problems }
process.stdout.write(JSON.stringify(report))
