import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const worker = fileURLToPath(new URL('slow-clients-worker.ts', import.meta.url))

/** Makes so many slow clients ready in a process of their own, which takes no time of anybody's. */
export async function startSlowClients(url: string, count: number) {
  const child = fork(worker, [url, String(count)], {
    cwd: root,
    execArgv: ['--import', 'tsx', '--conditions=@kvasir/source'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('The slow clients have ended.')
  })
  ended.catch(() => undefined) // They end with the test.
  const next = () => Promise.race([once(child, 'message'), ended])
  await next()
  return {
    /** Lets them begin, and answers how long each took to be cut. */
    untilCut: async (): Promise<number[]> => {
      child.send('begin')
      const [cutMs] = await next()
      return cutMs as number[]
    },
  }
}
