import { utf8Length } from '../codec/utf8.ts'

const encoder = new TextEncoder()
/** Room for what most runs take; one that needs more gives it back for good. */
const roomBytes = 128 * 1024
/** Shorter texts are not measured before they are written. */
const shortLength = 16 * 1024
/** Room that nobody uses: most of the time, one run at a time has something in it. */
let spare: Uint8Array | undefined

/** Bytes that are put one after the other and then moved elsewhere as one. */
export class ByteRun {
  #room: Uint8Array | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Puts a text, as UTF-8, or bytes at the end, and answers how many bytes that takes. */
  add(value: string | Uint8Array): number {
    if (typeof value !== 'string') {
      this.#roomFor(value.byteLength).set(value, this.#length)
      this.#length += value.byteLength
      return value.byteLength
    }
    if (value === '') return 0
    // A unit has three bytes at most.
    const most = value.length <= shortLength ? value.length * 3 : utf8Length(value)
    const { written } = encoder.encodeInto(value, this.#roomFor(most).subarray(this.#length))
    this.#length += written
    return written
  }

  /** Moves everything to a place in other bytes, after which it is empty. */
  moveTo(target: Uint8Array, at: number): void {
    const room = this.#room
    if (!room) return
    target.set(room.subarray(0, this.#length), at)
    this.#room = undefined
    this.#length = 0
    if (room.byteLength === roomBytes) spare = room
  }

  #roomFor(bytes: number): Uint8Array {
    const needed = this.#length + bytes
    const room = this.#room
    if (room && needed <= room.byteLength) return room
    const wider =
      needed <= roomBytes ? takeSpare() : new Uint8Array(Math.max(needed, 2 * this.#length))
    if (room) wider.set(room.subarray(0, this.#length))
    this.#room = wider
    return wider
  }
}

function takeSpare(): Uint8Array {
  const room = spare ?? new Uint8Array(roomBytes)
  spare = undefined
  return room
}

/** Memory of which small pieces are cut, each once: an allocation of its own costs much more. */
let slab = new Uint8Array(0)
let slabAt = 0
const slabBytes = 64 * 1024
const pieceBytesMost = 8 * 1024

/** So many bytes, which are nobody else's. */
export function newBytes(length: number): Uint8Array {
  if (length > pieceBytesMost) return new Uint8Array(length)
  if (slabAt + length > slab.byteLength) {
    slab = new Uint8Array(slabBytes)
    slabAt = 0
  }
  slabAt += length
  return slab.subarray(slabAt - length, slabAt)
}
