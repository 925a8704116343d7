import { keyAt, valueOfWrite } from '../data-set.ts'
import { repeat, type Setting, type Workload } from './workload.ts'

/** Replaces values that exist. */
export const set: Workload = {
  name: 'set',
  title: 'set, one by one',
  kind: 'write',
  callers: 1,
  run: (setting) => replace(setting, 1),
}

export const set64: Workload = {
  name: 'set-64',
  title: 'set, 64 at a time',
  kind: 'write',
  callers: 64,
  run: (setting) => replace(setting, 64),
}

/** How many values this process has written. */
let writes = 0

function replace({ connection, data, ms, start }: Setting, callers: number) {
  return repeat({ callers, ms, start }, (number) =>
    connection.set(keyAt(data.keys, data, number), valueOfWrite(data, number, writes++)),
  )
}
