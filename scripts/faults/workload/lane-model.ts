import type { BucketOperation } from '../../../packages/kvasir/src/index.ts'
import { Conflict, Model, type Outcome } from '../../../packages/kvasir/test/model/model.ts'
import { toPlain } from '../../../packages/kvasir/test/model/model-value.ts'
import { canonical } from './canonical.ts'
import { historyKept, type WrittenBucket } from './lane-buckets.ts'
import { type Fact, placeOf } from './state.ts'

/** What a commit is expected to answer. */
export type Expected =
  | { readonly conflict: number }
  | { readonly outcomes: readonly Outcome[]; readonly changes: readonly ExpectedChange[] }

/** What becomes of a key; `undefined`: nothing is left of it. */
export interface ExpectedChange {
  readonly key: string
  readonly places: readonly (readonly [place: string, fact: Fact | undefined])[]
}

/** One lane's part of a bucket, worked out without Kvasir. */
export class LaneModel {
  readonly #bucket: WrittenBucket
  readonly #model = new Model(0)
  readonly #histories = new Map<string, readonly string[]>()

  constructor(bucket: WrittenBucket) {
    this.#bucket = bucket
  }

  /** Tells the model which revision a key was given, for the conditions to come. */
  learn(key: string, revision: number): void {
    this.#model.setRevision(key, revision)
  }

  commit(operations: readonly BucketOperation[]): Expected {
    try {
      const outcomes = this.#model.commit(operations)
      return { outcomes, changes: operations.map((each, at) => this.#change(each, outcomes[at])) }
    } catch (error) {
      if (error instanceof Conflict) return { conflict: error.index }
      throw error
    }
  }

  #change({ op, key }: BucketOperation, outcome: Outcome | undefined): ExpectedChange {
    const isPurge = op === 'purge' && this.#hasPastValue(key)
    if (!outcome?.changed && !isPurge) return { key, places: [] }
    const row = this.#model.get(key)
    const content = row && canonical(toPlain(row.value))
    const isExpiring = row?.expiresAt !== undefined
    const value = row && { content: `${content}${isExpiring ? ' expires' : ''}` }
    const places: ExpectedChange['places'] = [[placeOf(this.#bucket, key), value]]
    if (this.#bucket !== 'kept') return { key, places }
    const before = op === 'purge' ? [] : (this.#histories.get(key) ?? [])
    const history = [...before, content ? `put ${content}` : op].slice(-historyKept)
    this.#histories.set(key, history)
    const past = { content: history.join() }
    return { key, places: [...places, [placeOf('kept', key, 'history'), past]] }
  }

  #hasPastValue(key: string): boolean {
    return (this.#histories.get(key) ?? []).some((item) => item.startsWith('put'))
  }
}
