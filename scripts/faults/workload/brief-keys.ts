import type { BucketOperation } from '../../../packages/kvasir/src/index.ts'
import type { Random } from '../random.ts'
import { canonical } from './canonical.ts'
import type { Fact } from './state.ts'

interface BriefFact {
  readonly content: string
  readonly expiresAt: number | undefined
}

/** A lane's keys that live for a moment: when they are gone depends on when one looks. */
export class BriefKeys {
  readonly #lane: string
  readonly #known = new Map<string, BriefFact>()
  #pending: { readonly key: string; readonly content: string } | undefined

  constructor(lane: string) {
    this.#lane = lane
  }

  draw(random: Random, stamp: string): BucketOperation {
    const key = `${this.#lane}.brief:${random.below(4)}`
    this.#pending = { key, content: `${canonical(stamp)} expires` }
    return { op: 'put', key, value: stamp, ttl: random.pick([20, 200, 2000, 20_000]) }
  }

  settle(expiresAt: number | undefined): void {
    if (!this.#pending) return
    const { key, content } = this.#pending
    this.#known.set(key, { content, expiresAt })
    this.#pending = undefined
  }

  /** What is wrong with the keys as they were found between two instants. */
  problems(found: ReadonlyMap<string, Fact>, [from, to]: readonly [number, number]): string[] {
    const problems: string[] = []
    for (const [key, { content, expiresAt = 0 }] of found) {
      const known = this.#known.get(key)
      const isKnown = content === known?.content && expiresAt === known.expiresAt
      const isPending = this.#pending?.key === key && this.#pending.content === content
      if (!isKnown && !isPending) problems.push(`${key} is not what was last stored`)
      if (expiresAt <= from) problems.push(`${key} is there after it expired`)
    }
    for (const [key, { expiresAt = 0 }] of this.#known) {
      // The put under way may have replaced it, and be over by now.
      if (key === this.#pending?.key) continue
      if (expiresAt > to && !found.has(key)) problems.push(`${key} was lost before it expired`)
    }
    return problems
  }
}
