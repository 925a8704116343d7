import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KvasirError } from '../../../packages/kvasir/src/errors/kvasir-error.ts'
import { checkTables } from '../workload/check-tables.ts'
import { Lane } from '../workload/lane.ts'
import { type LaneBuckets, openLaneBuckets } from '../workload/lane-buckets.ts'
import { type OpenedStore, openChangedStore } from '../workload/open-changed-store.ts'
import { readStore } from '../workload/read-store.ts'
import { armed, type FailingCall, type FailingTask } from './failing-call.ts'

const durability = 'durable'
/** A lane that has failed so often leaves it at that. */
const refusalsMax = 3
const commitsMax = 500
/** Commits that a lane goes on with after the failure, if it can. */
const commitsAfter = 4

/** One store that meets one failing call. */
export class FailingStore {
  readonly problems: string[] = []
  readonly directory: string
  refused = 0
  readonly #task: FailingTask
  readonly #lanes: readonly Lane[]
  /** Lanes whose last commit may have been applied, for all they were told. */
  readonly #inDoubt = new Set<Lane>()
  #isDiskFull = false

  constructor(task: FailingTask, seed: number) {
    this.#task = task
    this.directory = mkdtempSync(join(task.scratch, 'store-'))
    this.#lanes = [0, 1].map((lane) => new Lane(`l${lane}`, { seed: seed * 10 + lane }))
  }

  get acknowledged(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.acknowledged, 0)
  }

  get hasFailed(): boolean {
    return existsSync(`${this.#task.control}.fired`)
  }

  /** Lets the call fail under a store that is written to, and looks at what is left. */
  async meet(call: FailingCall): Promise<void> {
    rmSync(`${this.#task.control}.fired`, { force: true })
    this.#isDiskFull = call.call === 'write' && call.error === 'ENOSPC'
    const arm = (): void => writeFileSync(this.#task.control, armed(call))
    if (call.since === 'creation') arm()
    const copy = `${this.directory}-copy`
    const opened = await this.#attempt('opening', () => this.#open())
    if (opened) {
      const buckets = await this.#attempt('creating buckets', () => openLaneBuckets(opened.project))
      if (call.since === 'writing') arm()
      if (buckets) await this.#write(buckets)
      if (buckets) await this.#expect('reading after the failure', () => this.#readOn(buckets))
      // What another process would find, had this one been killed here.
      spawnSync('cp', ['-r', this.directory, copy], { env: {} })
      await this.#expect('closing', () => opened.engine.close())
    }
    writeFileSync(this.#task.control, 'nothing')
    if (opened) await this.#expect('a copy made before closing', () => this.#judge(copy))
    await this.#expect('opening again', () => this.#judge(this.directory, { goesOn: true }))
    rmSync(this.directory, { recursive: true })
    rmSync(copy, { recursive: true, force: true })
  }

  #open(): Promise<OpenedStore> {
    return openChangedStore(this.directory, { ...this.#task, durability })
  }

  async #write(buckets: LaneBuckets): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => this.#writeLane(lane, buckets)))
  }

  async #writeLane(lane: Lane, buckets: LaneBuckets): Promise<void> {
    let [refusals, after] = [0, 0]
    for (let count = 0; count < commitsMax && refusals < refusalsMax; count++) {
      if (this.hasFailed && after++ >= commitsAfter) return
      const mustBeRefused = this.#hasDataFailed()
      const { bucket, operations, idempotencyKey } = lane.next()
      try {
        lane.settle(await buckets[bucket].commit(operations, { idempotencyKey }))
        this.#inDoubt.delete(lane)
        if (mustBeRefused) this.problems.push('a commit after the failure was acknowledged')
      } catch (error) {
        refusals++
        this.refused++
        if (!KvasirError.is(error)) this.problems.push(`a commit failed with ${String(error)}`)
        else if (error.outcome === 'unknown') this.#inDoubt.add(lane)
        else if (error.outcome === undefined) this.problems.push(`${error.code} has no outcome`)
      }
    }
  }

  /**
   * Whether a write or a sync of the data has failed, so that nothing more may be acknowledged. A
   * full disk is another matter: it may have room again.
   */
  #hasDataFailed(): boolean {
    if (!this.hasFailed || this.#isDiskFull) return false
    return /kvasir\.db(-wal)?$/.test(readFileSync(`${this.#task.control}.fired`, 'utf8'))
  }

  async #judge(directory: string, { goesOn = false } = {}): Promise<void> {
    const { engine, project, driver } = await openChangedStore(directory, { durability })
    try {
      const buckets = await openLaneBuckets(project)
      await this.#compare(buckets)
      this.problems.push(...checkTables(directory, driver))
      if (!goesOn) return
      for (const lane of this.#lanes) {
        const { bucket, operations, idempotencyKey } = lane.next()
        lane.settle(await buckets[bucket].commit(operations, { idempotencyKey }))
      }
      this.#inDoubt.clear()
      await this.#compare(buckets)
    } finally {
      await engine.close()
    }
  }

  /** Whether everything acknowledged is there, and nothing that was refused. */
  async #compare(buckets: LaneBuckets): Promise<void> {
    const names = this.#lanes.map(({ name }) => name)
    const { states, problems } = await readStore(buckets, names)
    this.problems.push(...problems)
    for (const lane of this.#lanes) {
      const { acknowledged } = lane
      const to = acknowledged + (this.#inDoubt.has(lane) ? 1 : 0)
      const found = lane.matching(states.get(lane.name) ?? new Map(), { from: acknowledged, to })
      if (found.length === 0) this.problems.push(`${lane.name} is not as it was acknowledged`)
    }
  }

  /**
   * Compares while the disk fails. A read that waits for the very sync that fails is told of it;
   * one that begins later is answered.
   */
  async #readOn(buckets: LaneBuckets): Promise<void> {
    try {
      await this.#compare(buckets)
    } catch (error) {
      const hasWaited = this.#task.backgroundSyncs && KvasirError.is(error, 'KV_STORAGE_FAILED')
      if (!hasWaited) throw error
      await this.#compare(buckets)
    }
  }

  /** Something that may fail, if it says so in Kvasir's words. */
  async #attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!KvasirError.is(error)) this.problems.push(`${what} failed with ${String(error)}`)
      return undefined
    }
  }

  /** Something that must not fail. */
  async #expect(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.problems.push(`${what} failed with ${String(error)}`)
    }
  }
}
