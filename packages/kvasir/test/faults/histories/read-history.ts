import { readFileSync } from 'node:fs'
import type { Operation } from '../linearizability/history.ts'
import type { Revised } from '../linearizability/with-revisions.ts'
import type { Call, LogLine } from './log.ts'
import type { ObjectName } from './objects.ts'

export type Logged = Operation<unknown, Revised<unknown>>

/** What the logs of all clients tell, object by object. */
export function readHistory(logPaths: readonly string[]): Map<ObjectName, Logged[]> {
  const histories = new Map<ObjectName, Logged[]>()
  const add = ({ object, input }: Call, rest: Omit<Logged, 'input'>): void => {
    const history = histories.get(object) ?? []
    history.push({ input, ...rest })
    histories.set(object, history)
  }
  for (const path of logPaths) {
    const open = new Map<number, Call>()
    for (const line of readLines(path)) {
      if ('call' in line) {
        open.set(line.call, line)
      } else if ('refused' in line) {
        open.delete(line.refused)
      } else {
        const { calledAt, returnedAt, output } = line
        const call = open.get(line.return)
        open.delete(line.return)
        if (!call) throw new Error(`An answer to no call, in ${path}.`)
        add(call, { calledAt, returnedAt, output: output as Revised<unknown> })
      }
    }
    for (const call of open.values()) {
      if (!isRead(call.input)) {
        add(call, { calledAt: call.at, returnedAt: Infinity, output: undefined })
      }
    }
  }
  return histories
}

/** A killed client may have left half a line. */
function readLines(path: string): LogLine[] {
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as LogLine)))
}

/** A read without an answer tells nothing. */
function isRead(input: unknown): boolean {
  const parts = input as Record<string, unknown>
  if ('read' in parts || 'peek' in parts || parts.add === 0) return true
  return 'reads' in parts && !('writes' in parts)
}
