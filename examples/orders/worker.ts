/**
 * One of several processes that share nothing but the data directory. `processes.ts` starts it with
 * the name of a task, the directory, its place among the workers, and how many they are.
 */
import { once } from 'node:events'
import { type KVStore, openStore } from 'kvasir'
import { sellOut } from './coupons.ts'
import { readWordList, rememberLines } from './seen-lines.ts'
import { drainQueue } from './work-queue.ts'

interface Place {
  readonly index: number
  readonly count: number
}

const tasks = {
  'sell-out': (kvStore: KVStore) => sellOut(kvStore, 'summer15'),

  async 'drain-queue'(kvStore: KVStore): Promise<number[]> {
    const handled: number[] = []
    await drainQueue(kvStore, ({ id }) => handled.push(id))
    return handled
  },

  /** Its share of the lines: every so-many-th, so that all meet the same words at the same time. */
  'remember-lines'(kvStore: KVStore, { index, count }: Place): Promise<number> {
    const lines = readWordList().filter((_, line) => line % count === index)
    return rememberLines(kvStore, lines)
  },
}

export type Task = keyof typeof tasks

/** What a worker reports at the end of each task. */
export type Report<Name extends Task> = Awaited<ReturnType<(typeof tasks)[Name]>>

const [task = '', data = '', index, count] = process.argv.slice(2)
await using store = await openStore(data)
const { kvStore } = store.project('shop').storage()

// They compete only if they begin together: each says that it is ready, and waits for the start.
const start = once(process, 'message')
await tell('ready')
await start
await tell(await tasks[task as Task](kvStore, { index: Number(index), count: Number(count) }))
process.disconnect()

function tell(message: unknown): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()))
}
