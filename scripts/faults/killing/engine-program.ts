// A process that has a data directory open and does what it is asked over a pipe, until it is killed.
import { KvasirError } from '../../../packages/kvasir/src/errors/kvasir-error.ts'
import { checkTables } from '../workload/check-tables.ts'
import { openChangedStore } from '../workload/open-changed-store.ts'
import type { EngineAnswer, EngineRequest, EngineTask } from './engine-process.ts'

const task = JSON.parse(process.argv[2] ?? '') as EngineTask
const { engine, driver } = await openChangedStore(task.directory, task)
process.on('message', (request) => void answer(request as EngineRequest)) // It answers failures, too.
process.on('disconnect', () => process.exit(0))
process.send?.({ id: 0, value: 'open' } satisfies EngineAnswer)

async function answer({ id, method, args }: EngineRequest): Promise<void> {
  try {
    if (method === 'checkTables') {
      if (task.leavesRejection) void Promise.reject(new Error('planted'))
      const value = checkTables(task.directory, driver)
      process.send?.({ id, value } satisfies EngineAnswer)
      return
    }
    // Both sides are of one build, so that what comes is what the engine takes.
    const call = engine[method] as (...args: unknown[]) => Promise<unknown>
    const value = await call.apply(engine, [...args])
    process.send?.({ id, value } satisfies EngineAnswer)
  } catch (error) {
    const { code, message, outcome } = KvasirError.from(error)
    process.send?.({ id, error: { code, message, outcome } } satisfies EngineAnswer)
  }
}
