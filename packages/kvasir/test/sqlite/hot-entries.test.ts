import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../src/engine/entry.ts'
import { HotEntries } from '../../src/engines/sqlite/hot-entries.ts'

const bucketId = 1
const bytesMax = 1024 * 1024

function entryOf(number: number, length = 10): Entry {
  const value = { kind: 'text', data: 'x'.repeat(length) } as const
  return { key: `key:${number}`, value, revision: number, createdAt: 1, updatedAt: 1 }
}

/** Offers an entry as often as it takes to have it kept. */
function keep(hot: HotEntries, entry: Entry): void {
  for (let times = 0; times < 2; times++) hot.offer(bucketId, entry)
}

/** Reads entries as the engine does; answers how many were remembered. */
function readAll(hot: HotEntries, entries: readonly Entry[]): number {
  let remembered = 0
  for (const entry of entries) {
    if (hot.get(bucketId, entry.key)) remembered++
    else hot.offer(bucketId, entry)
  }
  return remembered
}

function entries(from: number, to: number, length = 1000): Entry[] {
  return Array.from({ length: to - from }, (_, index) => entryOf(from + index, length))
}

/** Filled up with entries that are read again and again. */
function filled(): { readonly hot: HotEntries; readonly often: readonly Entry[] } {
  const hot = new HotEntries(bytesMax)
  const often = entries(1, 700)
  for (let times = 0; times < 2; times++) readAll(hot, [...often, ...entries(10_000, 10_070)])
  expect(readAll(hot, often)).toBe(often.length)
  return { hot, often }
}

describe('hot entries', () => {
  it('keep what is read, from the second time on', () => {
    const hot = new HotEntries(bytesMax)

    hot.offer(bucketId, entryOf(1))
    expect(hot.get(bucketId, 'key:1')).toBeUndefined()
    hot.offer(bucketId, entryOf(1))

    expect(hot.get(bucketId, 'key:1')).toEqual(entryOf(1))
    expect(hot.get(bucketId, 'key:2')).toBeUndefined()
    expect(hot.get(bucketId + 1, 'key:1')).toBeUndefined()
    expect(hot.figures).toMatchObject({ hits: 1, misses: 3 })
  })

  it('tell of what lasts, where the time does not matter, and count only that', () => {
    const hot = new HotEntries(bytesMax)
    keep(hot, entryOf(1))
    keep(hot, { ...entryOf(2), expiresAt: 1000 })

    expect(hot.lasting(bucketId, 'key:1')).toEqual(entryOf(1))
    expect(hot.lasting(bucketId, 'key:2')).toBeUndefined()
    expect(hot.lasting(bucketId, 'key:3')).toBeUndefined()
    expect(hot.lasting(bucketId + 1, 'key:1')).toBeUndefined()
    expect(hot.get(bucketId, 'key:2')).toEqual({ ...entryOf(2), expiresAt: 1000 })
    expect(hot.figures).toMatchObject({ hits: 2, misses: 0 })
  })

  it('answer all of what is read again and again, once it was read twice and if it fits', () => {
    const hot = new HotEntries(bytesMax)
    const all = entries(1, 700)
    for (let times = 0; times < 2; times++) readAll(hot, all)

    for (let round = 0; round < 5; round++) expect(readAll(hot, all)).toBe(all.length)
  })

  it('are not driven out by a walk over many keys that are read once', () => {
    const { hot, often } = filled()

    for (let walk = 0; walk < 3; walk++) readAll(hot, entries(20_000, 40_000))

    expect(readAll(hot, often)).toBe(often.length)
  })

  it('make room for what is read twice, and let go of what is not asked for any more', () => {
    const { hot, often } = filled()
    const now = entries(20_000, 20_400)
    for (let round = 0; round < 3; round++) readAll(hot, now)

    expect(readAll(hot, now)).toBe(now.length)
    expect(often.filter(({ key }) => !hot.get(bucketId, key)).length).toBeGreaterThan(100)
  })

  it('hold 100,000 values of 1 KB in 256 MiB', () => {
    const hot = new HotEntries(256 * bytesMax)

    const all = entries(1, 100_001, 1024)
    for (let times = 0; times < 2; times++) readAll(hot, all)

    expect(hot.get(bucketId, 'key:1')).toBeDefined()
    expect(hot.get(bucketId, 'key:100000')).toBeDefined()
    expect(hot.figures.bytes).toBeLessThan(160 * bytesMax)
  })

  it('have what is written in the place of what was read, and not of what nobody reads', () => {
    const hot = new HotEntries(bytesMax)
    const writeTwice = (key: string): void => {
      for (const revision of [11, 12]) hot.replace(bucketId, { ...entryOf(revision), key })
    }
    for (const number of [1, 2]) keep(hot, entryOf(number))
    expect(hot.get(bucketId, 'key:1')).toBeDefined()

    hot.replace(bucketId, { ...entryOf(10, 20), key: 'key:1' })
    hot.replace(bucketId, { ...entryOf(10, 20), key: 'key:3' })

    expect(hot.get(bucketId, 'key:1')).toEqual({ ...entryOf(10, 20), key: 'key:1' })
    expect(hot.get(bucketId, 'key:3')).toBeUndefined()
    for (const key of ['key:1', 'key:2']) writeTwice(key)
    expect(hot.get(bucketId, 'key:1')).toBeUndefined()
    expect(hot.get(bucketId, 'key:2')).toBeUndefined()
  })

  it('keep nothing of what is written as bytes, or long', () => {
    const hot = new HotEntries(bytesMax)
    const bytes: Entry['value'] = { kind: 'bytes', data: new Uint8Array(3) }
    const long: Entry['value'] = { kind: 'text', data: 'x'.repeat(bytesMax / 64) }
    for (const value of [bytes, long]) {
      keep(hot, entryOf(1))
      expect(hot.get(bucketId, 'key:1')).toBeDefined()

      hot.replace(bucketId, { ...entryOf(2), key: 'key:1', value })

      expect(hot.get(bucketId, 'key:1')).toBeUndefined()
    }
  })

  it('count text that takes two bytes a unit as such', () => {
    const bytesFor = (data: string): number => {
      const hot = new HotEntries(bytesMax)
      const before = hot.figures.bytes
      keep(hot, { ...entryOf(1), value: { kind: 'text', data } })
      return hot.figures.bytes - before
    }

    expect(bytesFor('ш'.repeat(1000)) - bytesFor('s'.repeat(1000))).toBe(1000)
  })

  it('do not keep bytes, nor what would take much of the room', () => {
    const hot = new HotEntries(bytesMax)
    const before = hot.figures.bytes
    const bytes: Entry = { ...entryOf(1), value: { kind: 'bytes', data: new Uint8Array(3) } }

    for (const entry of [bytes, entryOf(2, bytesMax / 64)]) {
      for (let times = 0; times < 3; times++) hot.offer(bucketId, entry)
    }

    expect(hot.figures.bytes).toBe(before)
  })

  it('are none where there is no room for any', () => {
    const hot = new HotEntries(0)

    for (let times = 0; times < 3; times++) hot.offer(bucketId, entryOf(1))

    expect(hot.get(bucketId, 'key:1')).toBeUndefined()
    expect(hot.figures).toMatchObject({ bytes: 0, bytesMax: 0 })
  })

  it('know a key that is longer than keys may be by all of it', () => {
    const hot = new HotEntries(bytesMax)
    const long = 'k'.repeat(5000)
    keep(hot, { ...entryOf(1), key: `${long}1` })

    expect(hot.get(bucketId, `${long}1`)).toBeDefined()
    expect(hot.get(bucketId, long.slice(0, 1024))).toBeUndefined()
  })

  it('give what is stored or nothing, never what was forgotten, within their room', () => {
    const found = { hits: 0, drivenOut: 0 }
    const property = fc.property(
      fc.array(someStep, { minLength: 200, maxLength: 600 }),
      (steps) => {
        // Room for some 70 of 150, so that some have to go.
        const hot = new HotEntries(30_000)
        const empty = hot.figures.bytes
        const model = new StoredAndOffered(hot)
        for (const step of steps) {
          model.take(step)
          expect(hot.figures.bytes).toBeLessThanOrEqual(30_000)
        }
        model.forgetAll()
        expect(hot.figures.bytes).toBe(empty)
        found.hits += model.hits
        found.drivenOut += model.drivenOut
      },
    )

    fc.assert(property, { numRuns: 50 })

    expect(found.hits).toBeGreaterThan(1000)
    expect(found.drivenOut).toBeGreaterThan(20)
  })
})

const someStep = fc.record({
  does: fc.constantFrom(...Array(12).fill('read'), 'remove', 'write', 'clear'),
  bucket: fc.integer({ min: 1, max: 3 }),
  key: fc.nat(49).map((number) => (number % 2 ? `k${number}` : `ключ, länger als 13: ${number}`)),
  length: fc.nat(30),
  clears: fc.nat(20).map((number) => number === 0),
})

type Step = typeof someStep extends fc.Arbitrary<infer Value> ? Value : never

/** A store of entries in front of which hot entries are, as the engine uses them. */
class StoredAndOffered {
  hits = 0
  drivenOut = 0
  readonly #hot: HotEntries
  readonly #stored = new Map<string, { readonly bucket: number; readonly entry: Entry }>()
  readonly #offered = new Set<string>()
  #revision = 0

  constructor(hot: HotEntries) {
    this.#hot = hot
  }

  take(step: Step): void {
    if (step.does === 'read') this.#read(step)
    else if (step.does === 'write') this.#write(step)
    else if (step.does === 'remove') this.#remove(step)
    else if (step.clears) this.#clear()
  }

  forgetAll(): void {
    for (const { bucket, entry } of this.#stored.values()) this.#hot.forget(bucket, entry.key)
  }

  #read({ bucket, key, length }: Step): void {
    const name = `${bucket} ${key}`
    const entry = this.#stored.get(name)?.entry ?? { ...entryOf(++this.#revision, length), key }
    this.#stored.set(name, { bucket, entry })
    const known = this.#hot.get(bucket, key)
    if (known) {
      this.hits++
      expect(this.#offered).toContain(name)
      expect(known).toEqual(entry)
      return
    }
    if (this.#offered.has(name)) this.drivenOut++
    this.#offered.add(name)
    this.#hot.offer(bucket, entry)
  }

  #write({ bucket, key, length }: Step): void {
    const entry = { ...entryOf(++this.#revision, length), key }
    this.#stored.set(`${bucket} ${key}`, { bucket, entry })
    this.#hot.replace(bucket, entry)
  }

  #remove({ bucket, key }: Step): void {
    this.#stored.delete(`${bucket} ${key}`)
    this.#offered.delete(`${bucket} ${key}`)
    this.#hot.forget(bucket, key)
    expect(this.#hot.get(bucket, key)).toBeUndefined()
  }

  #clear(): void {
    this.#offered.clear()
    this.#hot.clear()
  }
}
