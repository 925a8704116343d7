import { keyAt } from '../data-set.ts'
import { repeat, type Setting, type Workload } from './workload.ts'

export const get: Workload = {
  name: 'get',
  title: 'get',
  kind: 'read',
  callers: 1,
  run: (setting) => hit(setting, 1),
}

export const get64: Workload = {
  name: 'get-64',
  title: 'get, 64 at a time',
  kind: 'read',
  callers: 64,
  run: (setting) => hit(setting, 64),
}

const hotKeys = 1000

/** The same thousand keys again and again. */
export const getHot: Workload = {
  name: 'get-hot',
  title: `get, ${hotKeys.toLocaleString('en')} hot keys`,
  kind: 'read',
  callers: 1,
  run: ({ connection, data, ms, start }) =>
    repeat(
      { callers: 1, ms, start },
      (number) => connection.get(keyAt(data.keys, data, number % hotKeys)),
      checkPresent,
    ),
}

export const getMiss: Workload = {
  name: 'get-miss',
  title: 'get, no such key',
  kind: 'read',
  callers: 1,
  run: ({ connection, data, ms, start }) =>
    repeat(
      { callers: 1, ms, start },
      (number) => connection.get(keyAt(data.missingKeys, data, number)),
      checkAbsent,
    ),
}

function hit({ connection, data, ms, start }: Setting, callers: number) {
  return repeat(
    { callers, ms, start },
    (number) => connection.get(keyAt(data.keys, data, number)),
    checkPresent,
  )
}

function checkPresent(value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new Error('A key was not found.')
}

function checkAbsent(value: unknown): void {
  if (value !== undefined && value !== null) throw new Error('A missing key was found.')
}
