import type { WriteEvent } from './write-log.ts'

/** Which writes that were not synced are there: of all sectors the same, or of each what it may. */
export const dataPolicies = ['none', 'all', 'inOrder', 'sectors512', 'sectors4096'] as const

export interface WritePolicy {
  readonly kind: (typeof dataPolicies)[number]
  readonly seed: number
  /** Under `inOrder`: the last event that has reached the disk. */
  readonly lastInOrder: number
  /** Whether the file has its full length, with zeros where the data is missing. */
  readonly keepsLength: boolean
}

/** A file as a disk may have it, built from the events on it. */
export class FileContents {
  readonly #policy: WritePolicy
  readonly #file: number
  /** The range of events that are in doubt. */
  readonly #from: number
  readonly #now: number
  #bytes: Buffer
  #length = 0

  constructor(past: readonly WriteEvent[], file: number, policy: WritePolicy) {
    this.#policy = policy
    this.#file = file
    this.#now = past.length
    this.#bytes = Buffer.alloc(longestLength(past, file))
    const synced = syncedEvents(past, file)
    this.#from = past.findIndex((event, index) => isContent(event, file) && !synced.has(index))
    let fullLength = 0
    for (const [index, event] of past.entries()) {
      if (event.file !== file) continue
      const { kind, offset, data } = event
      if (kind === 'write') {
        fullLength = Math.max(fullLength, offset + data.length)
        if (synced.has(index)) this.#put(offset, data)
        else this.#putSectors(index, offset, data)
      } else if (kind === 'truncate') {
        fullLength = offset
        if (synced.has(index) || index <= this.#lastThere(0)) this.#truncate(offset)
      }
    }
    if (policy.keepsLength) this.#length = Math.max(this.#length, fullLength)
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #put(offset: number, data: Buffer): void {
    data.copy(this.#bytes, offset)
    this.#length = Math.max(this.#length, offset + data.length)
  }

  #putSectors(index: number, offset: number, data: Buffer): void {
    const size = this.#policy.kind === 'sectors512' ? 512 : 4096
    for (let at = 0; at < data.length; ) {
      const sector = Math.floor((offset + at) / size)
      const end = Math.min(data.length, (sector + 1) * size - offset)
      if (index <= this.#lastThere(sector)) this.#put(offset + at, data.subarray(at, end))
      at = end
    }
  }

  #truncate(length: number): void {
    if (length < this.#length) this.#bytes.fill(0, length, this.#length)
    this.#length = length
  }

  /** The last event whose write has reached the sector. */
  #lastThere(sector: number): number {
    const { kind, seed, lastInOrder } = this.#policy
    if (kind === 'none') return -1
    if (kind === 'all') return this.#now
    if (kind === 'inOrder') return lastInOrder
    const chance = hash(seed ^ Math.imul(sector + 1, 0x9e3779b1) ^ this.#file) / 2 ** 32
    return this.#from - 1 + Math.floor(chance * (this.#now - this.#from + 2))
  }
}

function isContent(event: WriteEvent, file: number): boolean {
  return event.file === file && (event.kind === 'write' || event.kind === 'truncate')
}

/**
 * Events that a sync of their file has covered. After a sync that failed, the system takes the
 * data for written: no later sync covers it.
 */
function syncedEvents(past: readonly WriteEvent[], file: number): ReadonlySet<number> {
  const synced = new Set<number>()
  let waiting: number[] = []
  for (const [index, event] of past.entries()) {
    if (event.file !== file) continue
    if (isContent(event, file)) waiting.push(index)
    if (event.kind === 'sync') for (const covered of waiting) synced.add(covered)
    if (event.kind === 'sync' || event.kind === 'syncFailed') waiting = []
  }
  return synced
}

function longestLength(past: readonly WriteEvent[], file: number): number {
  let longest = 0
  for (const event of past) {
    if (event.file !== file) continue
    const { kind, offset, data } = event
    if (kind === 'write') longest = Math.max(longest, offset + data.length)
    if (kind === 'truncate') longest = Math.max(longest, offset)
  }
  return longest
}

function hash(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
