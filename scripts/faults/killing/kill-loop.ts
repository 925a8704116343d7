import { KvasirError } from '../../../packages/kvasir/src/errors/kvasir-error.ts'
import { Random } from '../random.ts'
import { Lane, toAnswer } from '../workload/lane.ts'
import type { LaneBuckets } from '../workload/lane-buckets.ts'
import { readStore } from '../workload/read-store.ts'
import { differingPlace } from '../workload/state.ts'
import type { Victim } from './victim.ts'

export interface KillLoopOptions {
  readonly seed: number
  readonly lanes: number
  /** A process is killed after so many answers at most. */
  readonly answersMax: number
  /** Whether answers that come now do not count, because the power is being cut. */
  isCut?(): boolean
  /** Starts a process on the directory. */
  start(): Promise<Victim>
}

/** What a cycle is like. */
export interface Cycle {
  /** Processes that write at the same time, and are killed one after the other. */
  readonly processes: number
  /** Ends them as users would, for once. */
  readonly closes?: boolean
}

/** Kills processes that write to one data directory, again and again, and looks what is left. */
export class KillLoop {
  readonly problems: string[] = []
  cycles = 0
  kills = 0
  /** Acknowledged operations, by kind. */
  readonly operations = new Map<string, number>()
  /** Commits whose process was killed before it answered. */
  unanswered = 0
  readonly #running = new Set<Victim>()
  #awaited: { left: number; resolve(): void } | undefined
  readonly #options: KillLoopOptions
  readonly #random: Random
  readonly #lanes: readonly Lane[]

  constructor(options: KillLoopOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#lanes = Array.from({ length: options.lanes }, (_, index) => {
      return new Lane(`l${index}`, { seed: options.seed * 1000 + index })
    })
  }

  get acknowledged(): number {
    return [...this.operations.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Starts, looks at what the last cycle left, finishes what it did not, writes, and kills. */
  async run({ processes, closes = false }: Cycle): Promise<void> {
    this.cycles++
    const starting = Array.from({ length: processes }, () => this.#start())
    const victims = await Promise.all(starting)
    const [first] = victims
    if (first) await this.#look(first)
    const shares = victims.map((_, share) =>
      this.#lanes.filter((_, at) => at % processes === share),
    )
    await Promise.all(
      victims.map(async (victim, index) => {
        const end = closes ? () => this.#close(victim) : () => this.#kill(victim)
        await this.#writeUntil(end, victim.buckets, shares[index] ?? [])
      }),
    )
  }

  /** Kills one process after another while the lanes go on: their client repeats by itself. */
  async runThrough(kills: number): Promise<void> {
    this.cycles++
    let victim = await this.#start()
    const { buckets } = victim
    await this.#look(victim)
    let isOver = false
    const write = async (lane: Lane): Promise<void> => {
      while (!isOver && (await this.#commitNext(lane, buckets, () => false)));
    }
    const writing = Promise.all(this.#lanes.map(write))
    for (let left = kills; left > 0; left--) {
      await Promise.race([this.#answers(), writing])
      await this.#kill(victim)
      victim = await this.#start()
    }
    await Promise.race([this.#answers(), writing])
    isOver = true
    await writing
    await this.#look(victim)
    await this.#kill(victim)
  }

  /** Resolves after some more answers. */
  #answers(): Promise<void> {
    const count = 1 + this.#random.below(this.#options.answersMax)
    return new Promise((resolve) => {
      this.#awaited = { left: count, resolve }
    })
  }

  /** Looks at the store once more, without writing. */
  async finish(): Promise<void> {
    const victim = await this.#start()
    await this.#look(victim)
    await this.#close(victim)
  }

  /** Kills what still runs, for whatever reason. */
  async abandon(): Promise<void> {
    await Promise.all([...this.#running].map((victim) => victim.kill()))
  }

  async #start(): Promise<Victim> {
    const victim = await this.#options.start()
    this.#running.add(victim)
    return victim
  }

  async #kill(victim: Victim): Promise<void> {
    this.kills++
    await victim.kill()
    this.#running.delete(victim)
  }

  async #close(victim: Victim): Promise<void> {
    await victim.close()
    this.#running.delete(victim)
  }

  async #writeUntil(
    end: () => Promise<void>,
    buckets: LaneBuckets,
    lanes: readonly Lane[],
  ): Promise<void> {
    let left = 1 + this.#random.below(this.#options.answersMax)
    let ending: Promise<void> | undefined
    const onAnswer = (): void => {
      left--
      if (left <= 0) ending ??= this.#soon().then(end)
    }
    const write = async (lane: Lane): Promise<void> => {
      while (!ending && (await this.#commitNext(lane, buckets, () => ending !== undefined))) {
        onAnswer()
      }
    }
    await Promise.all(lanes.map(write))
    await ending
  }

  /** Not at the very moment of an answer, which a commit has just preceded. */
  #soon(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#random.next() * 4))
  }

  /** Answers whether the commit was answered. */
  async #commitNext(lane: Lane, buckets: LaneBuckets, mayFail: () => boolean): Promise<boolean> {
    const { bucket, operations, idempotencyKey } = lane.next()
    try {
      const result = await buckets[bucket].commit(operations, { idempotencyKey })
      if (this.#options.isCut?.()) return false
      lane.settle(result)
      if (this.#awaited && --this.#awaited.left <= 0) this.#awaited.resolve()
      if (!result.ok) return true
      for (const { op } of operations) this.operations.set(op, (this.operations.get(op) ?? 0) + 1)
      return true
    } catch (error) {
      if (KvasirError.is(error) && mayFail()) this.unanswered++
      else this.problems.push(`cycle ${this.cycles}: ${String(error)}`)
      return false
    }
  }

  async #look({ buckets, checkTables }: Victim): Promise<void> {
    await this.#compare(buckets)
    const inTables = await checkTables()
    this.problems.push(...inTables.map((problem) => `cycle ${this.cycles}: ${problem}`))
    const pending = this.#lanes.filter((lane) => lane.hasPending)
    await Promise.all(pending.map((lane) => this.#commitNext(lane, buckets, () => false)))
    await Promise.all(this.#lanes.map((lane) => this.#repeat(lane, buckets)))
    if (pending.length > 0) await this.#compare(buckets)
  }

  /** Each lane must be as its last answer left it, or as the commit under way would leave it. */
  async #compare(buckets: LaneBuckets): Promise<void> {
    const names = this.#lanes.map(({ name }) => name)
    const { states, brief, briefReadAt, problems } = await readStore(buckets, names)
    const found = [...problems]
    for (const lane of this.#lanes) {
      const state = states.get(lane.name) ?? new Map()
      const { acknowledged: from, hasPending } = lane
      const to = from + (hasPending ? 1 : 0)
      if (lane.matching(state, { from, to }).length === 0) {
        const place = differingPlace(lane.stateAfter(from), state)
        found.push(`${lane.name} is not as after ${from} commits: ${place} differs`)
      }
      found.push(...lane.brief.problems(brief.get(lane.name) ?? new Map(), briefReadAt))
    }
    this.problems.push(...found.map((problem) => `cycle ${this.cycles}: ${problem}`))
  }

  /** The same commit under the same key must be answered as before, and not be applied again. */
  async #repeat(lane: Lane, buckets: LaneBuckets): Promise<void> {
    const { last } = lane
    if (!last?.answer.ok) return
    const { bucket, operations, idempotencyKey } = last.commit
    const again = toAnswer(await buckets[bucket].commit(operations, { idempotencyKey }))
    if (JSON.stringify(again) === JSON.stringify(last.answer)) return
    this.problems.push(`cycle ${this.cycles}: ${lane.name} was answered otherwise the second time`)
  }
}
