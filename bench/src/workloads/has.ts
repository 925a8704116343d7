import { keyAt } from '../data-set.ts'
import { repeat, type Workload } from './workload.ts'

/** Half of the keys exist. */
export const has: Workload = {
  name: 'has',
  title: 'has',
  kind: 'read',
  callers: 1,
  run: ({ connection, data, ms, start }) =>
    repeat(
      { callers: 1, ms, start },
      (number) =>
        connection.has(keyAt(isThere(number) ? data.keys : data.missingKeys, data, number)),
      (answer, number) => {
        if (answer !== isThere(number)) throw new Error('has gave the wrong answer.')
      },
    ),
}

function isThere(number: number): boolean {
  return number % 2 === 0
}
