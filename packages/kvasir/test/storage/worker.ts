// A process of its own that uses the records of a directory, for the tests of several processes.
// `process.argv`: the name of a task, the data directory, and how many times it is to be done.
import { once } from 'node:events'
import { type KVStore, KvasirError, openStore } from 'kvasir'

interface Account {
  readonly balance?: number
  readonly deposits?: number
}

const tasks: Record<string, (records: KVStore) => Promise<unknown>> = {
  patch: (records) =>
    records.patch<Account>('account', async ({ balance = 0, deposits = 0 }) => {
      return { balance: balance + 5, deposits: deposits + 1 }
    }),

  increment: (records) => records.increment('account', 'balance'),

  transfer: (records) => records.incrementMulti('account', { balance: -1, spent: 1 }),

  shift: (records) => records.shift('queue', 'jobs'),

  'shift several': async (records) => (await records.shiftMulti('queue', { jobs: 7 })).jobs,

  'add words': async (records) => {
    const { words } = await records.addStringMulti('seen', { words: ['a', 'b', 'c', 'd'] })
    return [...(words ?? [])]
  },

  'append to a list, and to what is none': async (records) => {
    const values = { jobs: ['never'], name: ['never'] }
    const isWrong = (error: unknown): boolean => KvasirError.is(error, 'KV_WRONG_TYPE')
    return records.appendMulti('queue', values).then(() => false, isWrong)
  },

  append: (records) => records.append('queue', 'jobs', process.pid),
}

const [, , name = '', directory = '', times = ''] = process.argv
const store = await openStore(directory)
const { kvStore } = store.project('shop').storage()
const start = once(process, 'message')
process.send?.('ready')
await start

const answers: unknown[] = []
for (let left = Number(times); left > 0; left--) answers.push(await tasks[name]?.(kvStore))
await store.close()
process.send?.(answers, () => process.disconnect())
