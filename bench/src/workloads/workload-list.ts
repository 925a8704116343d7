import { deleteKeys } from './delete.ts'
import { get, get64, getHot, getMiss } from './get.ts'
import { has } from './has.ts'
import { increment64 } from './increment.ts'
import { list } from './list.ts'
import { listPage } from './list-page.ts'
import { set, set64 } from './set.ts'
import type { Workload } from './workload.ts'

/** In the order of the tables, which is that of a round, too. */
export const workloadList: readonly Workload[] = [
  get,
  get64,
  getHot,
  getMiss,
  has,
  set,
  set64,
  deleteKeys,
  increment64,
  list,
  listPage,
]

/**
 * What is measured of a store behind a server. Reads take their time: a thousand of them, which is
 * what a short one has, are over before either process has become as quick as it will be.
 */
export const wireWorkloads: readonly Workload[] = [
  { ...get, isLong: true },
  { ...get64, isLong: true },
  set,
  set64,
  increment64,
]

/** What the growth table measures at each number of keys. */
export const growthWorkloads: readonly Workload[] = [get, set, listPage]

export function workloadNamed(name: string): Workload {
  const workload = workloadList.find((candidate) => candidate.name === name)
  if (workload) return workload
  const names = workloadList.map((candidate) => candidate.name).join(', ')
  throw new Error(`There is no workload "${name}". There are: ${names}.`)
}
