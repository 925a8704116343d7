import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const program = fileURLToPath(new URL('./worker.ts', import.meta.url))
const execArgv = ['--import', 'tsx', '--conditions=@kvasir/source']

/** Something for a process to do so many times, one after the other; see `worker.ts`. */
export interface Job {
  readonly task: string
  readonly times: number
}

/** Does each job in a process of its own, all at once; answers what their calls resolved with. */
export async function work(directory: string, jobs: readonly Job[]): Promise<unknown[][]> {
  const workers = jobs.map(({ task, times }) =>
    fork(program, [task, directory, String(times)], { execArgv }),
  )
  onTestFinished(() => {
    for (const worker of workers) worker.kill('SIGKILL')
  })
  // They begin together, however long each took to start.
  await Promise.all(workers.map(nextMessage))
  const answers = Promise.all(workers.map(nextMessage))
  for (const worker of workers) worker.send('start')
  return (await answers) as unknown[][]
}

/** The same job, four times. */
export function fourTimes(task: string, times: number): Job[] {
  return Array.from({ length: 4 }, () => ({ task, times }))
}

function nextMessage(worker: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('exit', (code) => reject(new Error(`A worker ended with ${code} too early.`)))
  })
}
