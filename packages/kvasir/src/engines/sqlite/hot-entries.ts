import type { EngineFigures } from '../../engine/engine.ts'
import type { Entry } from '../../engine/entry.ts'

/** Room for remembered entries, in bytes. */
const bytesMax = 16 * 1024 * 1024
/** What an entry takes besides its text. */
const entryBytes = 300
/** Longer values would crowd out too many others, and gain less. */
const lengthMax = 256 * 1024
/** How many entries that were read once are kept in mind: a power of two. */
const noticedLength = 8192

type Generation = Map<number, Map<string, Entry>>

/**
 * The entries that are read again and again, as they are stored: as text, of which every caller
 * makes values of its own. Whoever uses it sees to it that nothing in it is out of date.
 *
 * Entries are of two generations. Those that are asked for are taken over into the younger one;
 * when that has half of the room, it becomes the older one, and the older one is forgotten.
 */
export class HotEntries {
  #young: Generation = new Map()
  #old: Generation = new Map()
  #youngBytes = 0
  #oldBytes = 0
  #hits = 0
  #misses = 0
  /** By revision, which is as good as a hash of the key. */
  readonly #noticed = new Float64Array(noticedLength)

  get figures(): EngineFigures['hotEntries'] {
    return { hits: this.#hits, misses: this.#misses, bytes: this.#youngBytes + this.#oldBytes }
  }

  get(bucketId: number, key: string): Entry | undefined {
    const entry = this.#young.get(bucketId)?.get(key) ?? this.#renewed(bucketId, key)
    if (entry) this.#hits++
    else this.#misses++
    return entry
  }

  /** As `get`, for an entry that never expires: of all others nothing is said or counted. */
  lasting(bucketId: number, key: string): Entry | undefined {
    const entry = this.#young.get(bucketId)?.get(key)
    if (!entry || entry.expiresAt !== undefined) return undefined
    this.#hits++
    return entry
  }

  /**
   * Takes note of an entry that was read, and keeps it from the second time on: a walk over many
   * keys is not to drive out those that come again.
   */
  offer(bucketId: number, entry: Entry): void {
    const slot = (entry.revision + bucketId * 31) & (noticedLength - 1)
    if (this.#noticed[slot] !== entry.revision) this.#noticed[slot] = entry.revision
    else if (bytesOf(entry) > 0) this.#keep(bucketId, entry)
  }

  forget(bucketId: number, key: string): void {
    this.#drop(this.#young, bucketId, key)
    this.#drop(this.#old, bucketId, key)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#youngBytes = 0
    this.#oldBytes = 0
  }

  #renewed(bucketId: number, key: string): Entry | undefined {
    const entry = this.#old.get(bucketId)?.get(key)
    if (entry) this.#keep(bucketId, entry)
    return entry
  }

  #keep(bucketId: number, entry: Entry): void {
    this.forget(bucketId, entry.key)
    if (this.#youngBytes > bytesMax / 2) {
      this.#old = this.#young
      this.#oldBytes = this.#youngBytes
      this.#young = new Map()
      this.#youngBytes = 0
    }
    const entries = this.#young.get(bucketId) ?? new Map<string, Entry>()
    this.#young.set(bucketId, entries.set(entry.key, entry))
    this.#youngBytes += bytesOf(entry)
  }

  #drop(generation: Generation, bucketId: number, key: string): void {
    const entries = generation.get(bucketId)
    const entry = entries?.get(key)
    if (!entry) return
    entries?.delete(key)
    if (generation === this.#young) this.#youngBytes -= bytesOf(entry)
    else this.#oldBytes -= bytesOf(entry)
  }
}

/** What an entry takes at most; 0 when it is not to be kept, because it is no text or too long. */
function bytesOf({ key, value }: Entry): number {
  if (value.kind === 'bytes' || value.data.length > lengthMax) return 0
  return 2 * (value.data.length + key.length) + entryBytes
}
