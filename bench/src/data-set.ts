import type { Entry, JsonObject } from './engines/engine.ts'

/** The keys and values of a run: the same for every engine, and for every process. */
export interface DataSet {
  readonly keys: readonly string[]
  readonly missingKeys: readonly string[]
  readonly values: readonly JsonObject[]
  /** Every position of `keys` once, in random order: what walks it covers the whole space. */
  readonly order: Uint32Array
}

const valuesCount = 256

/** Ids have six digits each, so that a value keeps its size whichever it has. */
const firstId = 100_000
const idsCount = 900_000

export function createDataSet(keyCount: number, valueBytes: number): DataSet {
  const random = createRandom(keyCount + valueBytes)
  return {
    keys: namesOf('user', keyCount),
    missingKeys: namesOf('none', keyCount),
    values: Array.from({ length: valuesCount }, () => buildValue(random, valueBytes)),
    order: shuffledPositions(keyCount, random),
  }
}

/** The key that belongs to a running number. */
export function keyAt(names: readonly string[], { order }: DataSet, number: number): string {
  return names[order[number % order.length] as number] as string
}

export function valueAt({ values }: DataSet, number: number): JsonObject {
  return values[number % values.length] as JsonObject
}

/**
 * The value of a running number as no other write of a process has it. A store may leave alone what
 * stays as it is: SQLite writes nothing when a row is given the bytes that it has.
 */
export function valueOfWrite(data: DataSet, number: number, write: number): JsonObject {
  return { ...valueAt(data, number), id: firstId + (write % idsCount) }
}

/** The entries of a range of running numbers, to load or to put back. */
export function entriesBetween(data: DataSet, from: number, to: number): Entry[] {
  return Array.from({ length: to - from }, (_, index) => {
    const number = from + index
    return [keyAt(data.keys, data, number), valueAt(data, number)] as const
  })
}

/** Names of 20 characters, scattered over the order of keys. */
function namesOf(prefix: string, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => nameAt(prefix, index))
  // A round trip makes the strings flat, as those that come from outside are.
  return JSON.parse(JSON.stringify(names)) as string[]
}

/** One of those names, of at most ten million. */
export function nameAt(prefix: string, index: number): string {
  const place = scatter(index).toString(16).padStart(8, '0')
  return `${prefix}:${place}${String(index).padStart(7, '0')}`
}

/** A bijection of 32 bits that leaves no order in what it maps (the finalizer of MurmurHash3). */
function scatter(index: number): number {
  let bits = Math.imul(index ^ (index >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** A record such as applications store, whose JSON has exactly so many bytes. */
function buildValue(random: () => number, bytes: number): JsonObject {
  const rows: JsonObject[] = []
  const id = firstId + Math.floor(random() * idsCount)
  const value = { id, active: random() < 0.5, rows, note: '' }
  const rowBytes = 80
  while (JSON.stringify(value).length + rowBytes < bytes) {
    rows.push({
      sku: letters(random, 8),
      count: Math.floor(random() * 1000),
      price: Math.round(random() * 10_000) / 100,
      label: letters(random, 16),
    })
  }
  value.note = letters(random, Math.max(0, bytes - JSON.stringify(value).length))
  return value
}

function letters(random: () => number, length: number): string {
  let text = ''
  for (let index = 0; index < length; index++) {
    text += String.fromCharCode(97 + Math.floor(random() * 26))
  }
  return text
}

function shuffledPositions(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = order[last] as number
    order[last] = order[other] as number
    order[other] = kept
  }
  return order
}

/** Numbers from 0 to 1 that are the same in every process (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
