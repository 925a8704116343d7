import type { Engine } from '../../../src/engine/engine.ts'
import type { ClientPool, HistoryPlan } from './client-pool.ts'
import { addUp, type Judgement, judge, nothing } from './judge.ts'
import { type ObjectName, objectNames } from './objects.ts'
import { queueStart } from './record-objects.ts'

export interface HistoriesPlan
  extends Pick<HistoryPlan, 'operations' | 'lanes' | 'abandoned' | 'fault'> {
  /** By its own way to the store: what is to be there at the beginning is put through it. */
  readonly engine: Engine
  readonly histories: number
  /** Of the projects, one for each history. */
  readonly prefix: string
  /** Default: three that change from history to history. */
  readonly objects?: HistoryPlan['objects']
  /** In every so many-th history a process is killed. */
  readonly killsEvery?: number
  readonly stopsAtFirstComplaint?: boolean
}

/** Has histories made, and judges them. */
export async function makeHistories(pool: ClientPool, plan: HistoriesPlan): Promise<Judgement> {
  const { engine, histories, prefix, operations, killsEvery, stopsAtFirstComplaint, ...rest } = plan
  let sum = nothing
  for (let number = 1; number <= histories; number++) {
    const at = { project: `${prefix}-${number}`, bucket: 'default' }
    const items = queueStart.map((each) => {
      return { kind: 'json', data: JSON.stringify(each) } as const
    })
    await engine.commit(at, [{ op: 'append', key: 'queue', fields: [['items', items]] }])
    const kills = killsEvery !== undefined && number % killsEvery === 0
    const history = await pool.makeHistory({
      objects: objectsOf(number),
      ...rest,
      // One client of three will not get far.
      operations: kills ? operations * 1.5 : operations,
      at,
      seed: number,
      kills,
    })
    const judgement = judge(history)
    const complaints = judgement.complaints.map((each) => `${at.project}: ${each}`)
    sum = addUp(sum, { ...judgement, complaints })
    if (stopsAtFirstComplaint && complaints.length > 0) break
  }
  return sum
}

/** Few at a time, so that clients meet. */
function objectsOf(number: number): HistoryPlan['objects'] {
  const choose = (offset: number): ObjectName =>
    objectNames[(number + offset) % objectNames.length] ?? objectNames[0]
  return [choose(0), choose(1 + (number % 2)), choose(4)]
}
