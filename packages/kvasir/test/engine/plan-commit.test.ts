import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { BucketFigures, CommitView, Step } from '../../src/engine/draft.ts'
import {
  type Change,
  changeKey,
  changeRevision,
  type Entry,
  isExpired,
} from '../../src/engine/entry.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { planCommit, planExpiries } from '../../src/engine/plan-commit.ts'
import { wholeValues } from '../../src/engine/value-access.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { now, operation } from './arbitraries.ts'

type Event = { commit: readonly Operation[] } | { passMs: number } | { reap: true }

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    arbitrary: fc.record({ commit: fc.array(operation, { minLength: 1, maxLength: 4 }) }),
    weight: 5,
  },
  fc.record({ passMs: fc.constantFrom(1, 100, 300, 1000) }),
  fc.constant({ reap: true as const }),
)

/** The dumbest store that can carry out plans: everything that is kept, in one list. */
class KeptChanges {
  kept: Change[] = []
  figures: BucketFigures = { revision: 0, keys: 0, bytes: 0 }
  now = now
  readonly #history: number
  readonly #bytesMax: number | undefined

  constructor(history: number, bytesMax?: number) {
    this.#history = history
    this.#bytesMax = bytesMax
  }

  view(): CommitView {
    const config = {
      ...defaultBucketConfig,
      history: this.#history,
      ...(this.#bytesMax !== undefined && { bytesMax: this.#bytesMax }),
    }
    return {
      now: this.now,
      bucket: { ...this.figures, name: 'default', config },
      lookup: (key) => this.entries().find((entry) => entry.key === key),
      past: (key) => {
        const present = this.entries().find((entry) => entry.key === key)?.revision
        return this.kept
          .filter((change) => changeKey(change) === key && changeRevision(change) !== present)
          .map((change) => ({ revision: changeRevision(change), bytes: bytesOf(change) }))
      },
    }
  }

  /** The last change of each key that is a put. */
  entries(): Entry[] {
    const last = new Map(this.kept.map((change) => [changeKey(change), change]))
    return [...last.values()].flatMap((change) => (change.kind === 'put' ? [change.entry] : []))
  }

  carryOut({ steps, figures }: { steps: readonly Step[]; figures: BucketFigures }): void {
    for (const { change, dropped } of steps) {
      this.kept = this.kept.filter((kept) => !dropped.includes(changeRevision(kept)))
      this.kept.push(change)
    }
    this.figures = figures
  }

  meet(event: Event): void {
    if ('passMs' in event) this.now += event.passMs
    else if ('reap' in event) {
      const expired = this.entries().filter((entry) => isExpired(entry, this.now))
      this.carryOut(planExpiries(this.view(), expired))
    } else this.commit(event.commit)
  }

  commit(operations: readonly Operation[]): void {
    try {
      this.carryOut(planCommit(this.view(), operations))
    } catch (error) {
      // Refused for a reason that other tests look at: nothing has happened.
      if (!KvasirError.is(error)) throw error
    }
  }
}

describe('the figures of a bucket', () => {
  for (const history of [1, 2, 3]) {
    it(`always equal a recount, with a history of ${history}`, () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 30 }), (events) => {
          const store = new KeptChanges(history)
          for (const next of events) {
            store.meet(next)

            const bytes = store.kept.reduce((sum, change) => sum + bytesOf(change), 0)
            expect(store.figures.keys).toBe(store.entries().length)
            expect(store.figures.bytes).toBe(bytes)
          }
        }),
        { numRuns: 150 },
      )
    })

    it(`keep no more than ${history} changes of a key`, () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 30 }), (events) => {
          const store = new KeptChanges(history)
          for (const next of events) store.meet(next)

          const values = store.kept.filter(({ kind }) => kind === 'put').map(changeKey)
          const most = Math.max(0, ...values.map((key) => values.filter((it) => it === key).length))
          expect(most).toBeLessThanOrEqual(history)
        }),
        { numRuns: 100 },
      )
    })
  }

  it('never pass the quota', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 30 }),
        fc.integer({ min: 10, max: 120 }),
        (events, bytesMax) => {
          const store = new KeptChanges(2, bytesMax)
          for (const next of events) {
            store.meet(next)

            expect(store.figures.bytes).toBeLessThanOrEqual(bytesMax)
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('the revisions of a plan', () => {
  it('follow each other without gaps, expiries included', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const store = new KeptChanges(1)
        for (const next of events) {
          const before = store.figures.revision
          const steps: Step[] = []
          const carryOut = store.carryOut.bind(store)
          store.carryOut = (plan) => {
            steps.push(...plan.steps)
            carryOut(plan)
          }
          store.meet(next)
          store.carryOut = carryOut

          const revisions = steps.map(({ change }) => changeRevision(change))
          expect(revisions).toEqual(steps.map((_step, index) => before + 1 + index))
          expect(store.figures.revision).toBe(before + steps.length)
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('a plan with a failed condition', () => {
  it('has no steps and leaves the figures', () => {
    const store = new KeptChanges(1)
    store.commit([{ op: 'put', key: 'alice', value: { kind: 'text', data: 'admin' } }])

    const plan = planCommit(store.view(), [
      { op: 'delete', key: 'alice' },
      { op: 'increment', key: 'bob', by: 1, ifRevision: 9 },
    ])

    expect(plan.result).toEqual({ ok: false, conflict: { index: 1, key: 'bob', revision: 0 } })
    expect(plan.steps).toEqual([])
    expect(plan.figures).toMatchObject(store.figures)
  })
})

function bytesOf(change: Change): number {
  return change.kind === 'put' ? wholeValues.bytesOf(change.entry) : 0
}
