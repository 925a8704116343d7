/** Starts workers as processes of their own, all at the same moment. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Report, Task } from './worker.ts'

const program = join(import.meta.dirname, 'worker.ts')
const fromSource = ['--import', 'tsx', '--conditions=@kvasir/source']

/** Runs one task in several processes on one data directory; answers what each reported. */
export async function runWorkers<Name extends Task>(
  task: Name,
  { data, count }: { data: string; count: number },
): Promise<Report<Name>[]> {
  const workers = Array.from({ length: count }, (_, index) =>
    fork(program, [task, data, String(index), String(count)], { execArgv: fromSource }),
  )
  const kill = (): void => {
    for (const worker of workers) worker.kill('SIGKILL')
  }
  const ends = Promise.all(workers.map((worker) => once(worker, 'exit')))
  // Whatever ends us, none of them goes on running.
  process.once('exit', kill)
  try {
    await Promise.all(workers.map(nextMessage))
    const reports = Promise.all(workers.map(nextMessage))
    for (const worker of workers) worker.send('start')
    return (await reports) as Report<Name>[]
  } catch (error) {
    kill()
    throw error
  } finally {
    await ends
    process.off('exit', kill)
  }
}

/** What the worker says next. It has failed if it ends instead. */
async function nextMessage(worker: ChildProcess): Promise<unknown> {
  const isOver = new AbortController()
  const { signal } = isOver
  const end = once(worker, 'exit', { signal }).then(([code, killedBy]) => {
    throw new Error(`Worker ${worker.pid} ended with ${code ?? killedBy} before it was done.`)
  })
  try {
    const [message] = await Promise.race([once(worker, 'message', { signal }), end])
    return message
  } finally {
    isOver.abort()
  }
}
