import { add } from './add.ts'
import { append } from './append.ts'
import { get } from './get.ts'
import { has } from './has.ts'
import { increment } from './increment.ts'
import { patch } from './patch.ts'
import { peek } from './peek.ts'
import { put } from './put.ts'
import type { RecordWorkload } from './record-workload.ts'
import { remove } from './remove.ts'
import { shift } from './shift.ts'
import { unshift } from './unshift.ts'
import { update } from './update.ts'

/** In the order of the tables, which is that of a round, too. */
export const recordWorkloadList: readonly RecordWorkload[] = [
  get,
  put,
  patch,
  update,
  increment,
  append,
  unshift,
  peek,
  shift,
  add,
  has,
  remove,
]

export function recordWorkloadNamed(name: string): RecordWorkload {
  const workload = recordWorkloadList.find((candidate) => candidate.name === name)
  if (workload) return workload
  throw new Error(`There is no workload of records "${name}".`)
}
