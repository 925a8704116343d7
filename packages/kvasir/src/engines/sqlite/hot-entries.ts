import { limits } from '../../codec/limits.ts'
import type { StoredValue } from '../../codec/stored-value.ts'
import type { EngineFigures } from '../../engine/engine.ts'
import type { Entry } from '../../engine/entry.ts'

/** What an entry takes besides its texts: 285 bytes on Node 20, and some when the maps grow. */
const entryBytes = 320
/** What the place of a typed set takes. */
const setBytes = 100
/** The part of the room that one entry may take: more would crowd out too many others. */
const shareMax = 1 / 64
/** Room for so many bytes has one place for an entry that was read once. */
const bytesPerNoticed = 512
/** How many in a row are spared for being asked for, so that keeping one never takes long. */
const sparedMax = 64
/** Shorter texts are never parts of others. */
const partLengthMin = 13

/** An entry, and its neighbours in the order in which entries came. */
interface KeptEntry {
  readonly bucketId: number
  readonly entry: Entry
  readonly bytes: number
  readonly came: 'read' | 'written'
  /** Since it was last spared; or it was read twice when others had to go for it. */
  isAskedFor: boolean
  older: KeptEntry | undefined
  newer: KeptEntry | undefined
}

/**
 * The entries that are read again and again, as they are stored: as text, of which every caller
 * makes values of its own. Whoever uses it sees to it that nothing in it is out of date.
 *
 * Those are kept that are read twice within a while: a walk over many keys is not to drive out
 * those that come again, nor to pay for keeping what does not. Where there is no room, others go: a
 * hand moves from older to newer ones, round and round, takes those not asked for since it last
 * passed, and spares the others. A hit moves nothing, so that it costs a look-up.
 */
export class HotEntries {
  readonly #bytesMax: number
  readonly #buckets = new Map<number, Map<string, KeptEntry>>()
  /** What was read once, by revision, which is as good as a hash of the key. */
  readonly #noticed: Float64Array
  #oldest: KeptEntry | undefined
  #newest: KeptEntry | undefined
  /** The next one that may have to go; `undefined`: the oldest. */
  #hand: KeptEntry | undefined
  #bytes: number
  #hits = 0
  #misses = 0

  /** `bytesMax`: the most that it takes; with 0 it keeps nothing. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
    this.#noticed = new Float64Array(powerOfTwoUpTo(bytesMax / bytesPerNoticed))
    this.#bytes = this.#noticed.byteLength
  }

  get figures(): EngineFigures['hotEntries'] {
    const bytes = Math.min(this.#bytes, this.#bytesMax)
    return { hits: this.#hits, misses: this.#misses, bytes, bytesMax: this.#bytesMax }
  }

  get(bucketId: number, key: string): Entry | undefined {
    const kept = this.#buckets.get(bucketId)?.get(key)
    if (!kept) {
      this.#misses++
      return undefined
    }
    this.#hits++
    kept.isAskedFor = true
    return kept.entry
  }

  /** As `get`, for an entry that never expires: of all others nothing is said or counted. */
  lasting(bucketId: number, key: string): Entry | undefined {
    const kept = this.#buckets.get(bucketId)?.get(key)
    if (!kept || kept.entry.expiresAt !== undefined) return undefined
    this.#hits++
    kept.isAskedFor = true
    return kept.entry
  }

  /** Takes note of an entry that was read, and keeps it if it may be worth it. */
  offer(bucketId: number, entry: Entry): void {
    if (bytesMostOf(entry) > this.#bytesMax * shareMax) return
    if (this.#isNoticed(bucketId, entry.revision)) this.#keep(bucketId, entry, 'read')
  }

  /**
   * Takes note of an entry that was written: it is kept in the place of what is out of date, if
   * that was read since it was written itself. Writing what nobody reads costs next to nothing so.
   */
  replace(bucketId: number, entry: Entry): void {
    const kept = this.#buckets.get(bucketId)?.get(entry.key)
    if (!kept) return
    this.#drop(kept)
    const isRead = kept.isAskedFor || kept.came === 'read'
    if (!isRead || bytesMostOf(entry) > this.#bytesMax * shareMax) return
    this.#keep(bucketId, { ...entry, value: valueOfItsOwn(entry.value) }, 'written')
  }

  forget(bucketId: number, key: string): void {
    const kept = this.#buckets.get(bucketId)?.get(key)
    if (kept) this.#drop(kept)
  }

  clear(): void {
    if (!this.#newest) return
    this.#buckets.clear()
    this.#oldest = undefined
    this.#newest = undefined
    this.#hand = undefined
    this.#bytes = this.#noticed.byteLength
  }

  /** Whether it was read a while ago; from now on it was. */
  #isNoticed(bucketId: number, revision: number): boolean {
    const slot = (revision + bucketId * 31) & (this.#noticed.length - 1)
    if (this.#noticed[slot] === revision) return true
    this.#noticed[slot] = revision
    return false
  }

  #keep(bucketId: number, given: Entry, came: KeptEntry['came']): void {
    const known = this.#buckets.get(bucketId)?.get(given.key)
    if (known?.entry.revision === given.revision) {
      known.isAskedFor = true
      return
    }
    if (known) this.#drop(known)
    const entry = ownCopy(given)
    const bytes = bytesOf(entry)
    const isFull = this.#bytes + bytes > this.#bytesMax
    while (this.#newest && this.#bytes + bytes > this.#bytesMax) this.#makeRoom()
    const older = this.#newest
    const isAskedFor = isFull && came === 'read'
    const kept = { bucketId, entry, bytes, came, isAskedFor, older, newer: undefined }
    if (older) older.newer = kept
    else this.#oldest = kept
    this.#newest = kept
    this.#bytes += bytes
    const entries = this.#buckets.get(bucketId)
    if (entries) entries.set(entry.key, kept)
    else this.#buckets.set(bucketId, new Map([[entry.key, kept]]))
  }

  #makeRoom(): void {
    let next = this.#hand ?? this.#oldest
    for (let spared = 0; next?.isAskedFor && spared < sparedMax; spared++) {
      next.isAskedFor = false
      next = next.newer ?? this.#oldest
    }
    if (!next) return
    this.#hand = next
    this.#drop(next)
  }

  #drop(kept: KeptEntry): void {
    const { bucketId, entry, bytes, older, newer } = kept
    this.#buckets.get(bucketId)?.delete(entry.key)
    this.#bytes -= bytes
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    if (this.#hand === kept) this.#hand = newer
    // What is old in the garbage collector's sense would otherwise keep its neighbours.
    kept.older = undefined
    kept.newer = undefined
  }
}

/** What an entry can take; of bytes nothing is kept. */
function bytesMostOf({ key, value }: Entry): number {
  if (value.kind === 'bytes') return Number.POSITIVE_INFINITY
  return entryBytes + 2 * (key.length + value.data.length)
}

/** What an entry takes. */
function bytesOf({ key, value }: Entry): number {
  if (value.kind === 'bytes') return 0
  const sets = value.kind === 'text' || !value.sets ? 0 : Object.keys(value.sets).length
  return entryBytes + textBytes(key) + textBytes(value.data) + sets * setBytes
}

/** Text in which every unit takes a byte of UTF-8 is kept with a byte for each. */
function textBytes(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length
}

/**
 * The objects of an entry anew; its text is shared. V8 takes note of which lines of a program make
 * objects that live long, and from then on puts all that they make where garbage is dear: that had
 * better not be the line by which every entry is read.
 */
function ownCopy({ key, value, revision, createdAt, updatedAt, expiresAt }: Entry): Entry {
  const head = { key: textOfItsOwn(key), value: ownValue(value), revision, createdAt, updatedAt }
  return expiresAt === undefined ? head : { ...head, expiresAt }
}

function ownValue(value: StoredValue): StoredValue {
  if (value.kind === 'bytes' || value.kind === 'text') return { ...value }
  const { kind, data, sets } = value
  return sets ? { kind, data, sets } : { kind, data }
}

/** What is written may be a part of the text of a whole request. */
function valueOfItsOwn(value: StoredValue): StoredValue {
  if (value.kind === 'bytes') return value
  return { ...value, data: textOfItsOwn(value.data) }
}

/** A text may be a part of a longer one of the caller's, all of which it would keep in memory. */
function textOfItsOwn(text: string): string {
  if (text.length < partLengthMin) return text
  if (3 * text.length > scratch.length) return Buffer.from(text).toString()
  return scratch.toString('utf8', 0, scratch.write(text))
}

/** Has room for most keys; a new buffer for each takes twice as long. */
const scratch = Buffer.allocUnsafe(limits.keyBytesMax)

function powerOfTwoUpTo(number: number): number {
  return number < 1 ? 1 : 2 ** Math.floor(Math.log2(number))
}
