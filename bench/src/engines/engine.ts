// What the bench asks of a store: the tiny interface that every engine of the comparison is put
// behind, and what is told about it beside its figures.

export type Awaitable<Value> = Value | Promise<Value>

export type JsonObject = Record<string, unknown>

/** An open store. Stores that answer at once do so: nothing is wrapped in a promise for show. */
export interface Connection {
  /** The value, or `undefined` or `null` when there is none. */
  get(key: string): Awaitable<unknown>
  set(key: string, value: JsonObject): Awaitable<unknown>
  has(key: string): Awaitable<boolean>
  delete(key: string): Awaitable<unknown>
  /** Reads every key; answers how many there are. */
  list(): Awaitable<number>
  /** Adds one, by the best means the store has. */
  increment(key: string): Awaitable<unknown>
  /** What the increments have come to; 0 when there were none. */
  counter(key: string): Awaitable<number>
  /** Stores many entries as fast as the store can; not measured. */
  load(entries: readonly Entry[]): Promise<void>
  /** The next page of 1,000 keys with their values, from the first again after the last. */
  listPage?(): Awaitable<number>
  close(): Awaitable<void>
}

export type Entry = readonly [key: string, value: JsonObject]

/**
 * `durable`: an acknowledged write survives a power cut. `relaxed`: it survives the process, and a
 * power cut may take the newest. `memory`: it is gone with the process.
 */
export type Durability = 'durable' | 'relaxed' | 'memory'

export interface EngineDefinition {
  /** For `--engines`. */
  readonly name: string
  readonly title: string
  readonly isKvasir: boolean
  readonly durability: Durability
  /** How it comes by its durability. */
  readonly durabilityText: string
  /** What a reader has to know to be fair to it. */
  readonly notes: readonly string[]
  /**
   * What is worth measuring: `writes` where reads are those of a sibling, `groups` where writes one
   * by one are, too, and `increments` of those that nothing else is compared with.
   */
  readonly measures: 'all' | 'writes' | 'groups' | 'increments'
  /** Whether it has pages of keys with their values, made as quickly as it can. */
  readonly hasPages?: boolean
  open(directory: string): Promise<Connection>
}

/** Passes the entries on in pieces, since no store takes 100,000 at once. */
export async function inChunks(
  entries: readonly Entry[],
  length: number,
  take: (chunk: readonly Entry[]) => Awaitable<unknown>,
): Promise<void> {
  for (let start = 0; start < entries.length; start += length) {
    await take(entries.slice(start, start + length))
  }
}
