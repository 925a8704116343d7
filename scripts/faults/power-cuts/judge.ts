import { checkTables } from '../workload/check-tables.ts'
import type { Lane } from '../workload/lane.ts'
import { openLaneBuckets } from '../workload/lane-buckets.ts'
import { type OpenedStore, openChangedStore } from '../workload/open-changed-store.ts'
import { type FoundStore, readStore } from '../workload/read-store.ts'
import { type Acknowledgement, type RecordingTask, recordedLanes } from './recording.ts'
import type { WriteEvent } from './write-log.ts'

export type Verdict = 'lost' | 'torn' | 'unordered' | 'inconsistent' | 'unopened'

export interface Finding {
  readonly verdict: Verdict
  readonly text: string
}

/** Knows what was acknowledged when, and so what a disk must hold on after a cut. */
export class Judge {
  readonly #task: RecordingTask
  readonly #lanes: readonly Lane[]
  /** By lane: at which events its commits were answered. */
  readonly #answeredAt: readonly number[][]
  #bucketsAt = Number.POSITIVE_INFINITY

  constructor(task: RecordingTask, events: readonly WriteEvent[]) {
    this.#task = task
    this.#lanes = recordedLanes(task)
    this.#answeredAt = this.#lanes.map(() => [])
    for (const [index, { kind, data }] of events.entries()) {
      if (kind === 'acknowledge') this.#replay(JSON.parse(data.toString()), index)
    }
    // One commit of each may have been under way when the recording ended.
    for (const lane of this.#lanes) lane.next()
  }

  get acknowledged(): number {
    return this.#answeredAt.reduce((sum, answered) => sum + answered.length, 0)
  }

  /** Opens a store that was built for a cut before the given event. */
  async judge(store: string, cut: number): Promise<Finding[]> {
    const findings: Finding[] = []
    try {
      const opened = await openChangedStore(store, { durability: this.#task.durability })
      try {
        findings.push(...(await this.#look(opened, cut)))
        const inTables = checkTables(store, opened.driver)
        findings.push(...inTables.map((text) => ({ verdict: 'inconsistent', text }) as const))
        await opened.project.kv().set('afterwards', cut)
      } finally {
        await opened.engine.close()
      }
    } catch (error) {
      findings.push({ verdict: 'unopened', text: String(error) })
    }
    return findings
  }

  async #look({ project }: OpenedStore, cut: number): Promise<Finding[]> {
    if (this.#task.durability === 'durable' && cut > this.#bucketsAt) {
      const names: string[] = []
      for await (const { name } of project.buckets()) names.push(name)
      if (names.length < 6) return [{ verdict: 'lost', text: `there are only ${names.join()}` }]
    }
    const names = this.#lanes.map(({ name }) => name)
    const found = await readStore(await openLaneBuckets(project), names)
    const problems = found.problems.map((text) => ({ verdict: 'inconsistent', text }) as const)
    return [...problems, ...this.#compare(found, cut)]
  }

  #compare({ states }: FoundStore, cut: number): Finding[] {
    const findings: Finding[] = []
    const matches = this.#lanes.map((lane, index) => {
      const answered = this.#answeredBefore(index, cut)
      const state = states.get(lane.name) ?? new Map()
      const found = lane.matching(state, { from: 0, to: answered + 1, answered })
      const [first, last] = [found[0], found.at(-1)]
      if (first === undefined || last === undefined) {
        findings.push({ verdict: 'torn', text: `${lane.name} has a state that it never had` })
        return { first: 0, last: answered }
      }
      const { durability, durableLanes = 0 } = this.#task
      const isDurable = durability === 'durable' || index < durableLanes
      if (isDurable && last < answered) {
        findings.push({ verdict: 'lost', text: `${lane.name} has ${last} of ${answered} commits` })
      }
      return { first, last }
    })
    return [...findings, ...this.#disorder(matches)]
  }

  /** A commit is there, and one that was answered before it began is not. */
  #disorder(matches: readonly { readonly first: number; readonly last: number }[]): Finding[] {
    const findings: Finding[] = []
    for (const [one, { first }] of matches.entries()) {
      const begunAt = this.#answeredAt[one]?.[first - 2] ?? 0
      for (const [other, { last }] of matches.entries()) {
        const before = this.#answeredBefore(other, begunAt)
        if (last >= before || first === 0) continue
        const text = `commit ${first} of lane ${one} is there, ${last + 1} of lane ${other} is not`
        findings.push({ verdict: 'unordered', text })
      }
    }
    return findings
  }

  #answeredBefore(lane: number, event: number): number {
    const answered = this.#answeredAt[lane] ?? []
    const later = answered.findIndex((at) => at >= event)
    return later < 0 ? answered.length : later
  }

  #replay(acknowledgement: Acknowledgement, index: number): void {
    if (acknowledgement.kind === 'buckets') this.#bucketsAt = Math.min(this.#bucketsAt, index)
    if (acknowledgement.kind !== 'answer') return
    const lane = this.#lanes[acknowledgement.lane]
    lane?.next()
    lane?.replay(acknowledgement.answer)
    this.#answeredAt[acknowledgement.lane]?.push(index)
  }
}
