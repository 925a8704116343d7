import { randomInt } from 'node:crypto'

/** Random numbers that come again with the same seed, which `KVASIR_SEED` can give. */
export class Seeded {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed
    this.#state = seed >>> 0
  }

  static fresh(): Seeded {
    return new Seeded(Number(process.env.KVASIR_SEED ?? randomInt(2 ** 31)))
  }

  /** What to say when something fails. */
  get note(): string {
    return `To see it again: KVASIR_SEED=${this.seed}`
  }

  /** Other numbers that follow from the same seed. */
  fork(name: number): Seeded {
    return new Seeded((Math.imul(this.seed ^ 0x9e3779b9, 0x85ebca6b) + name * 7919) >>> 0)
  }

  /** A whole number from 0 to one less than the limit. */
  below(limit: number): number {
    // A linear congruential generator; the high bits are the good ones.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * limit)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }
}
