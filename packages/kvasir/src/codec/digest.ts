const encoder = new TextEncoder()
const scratch = new Uint8Array(16 * 1024)
const words = new Uint32Array(scratch.buffer)
const wordBytes = 4

/** Longer texts are worth a call of the encoder. */
const unitsMax = 48
/** A digest is an integer that JSON and JavaScript have exactly. */
const lowBits = 21

/**
 * A short digest of plain data, whatever the order in which its objects have their members; those
 * that are undefined count as not there. Not a cryptographic hash: it catches mistakes and not
 * forgers.
 */
export function digest(data: unknown): number {
  const lanes = new Lanes()
  lanes.add(data)
  return lanes.toInteger()
}

const start = { high: 0xdeadbeef | 0, low: 0x41c6ce57 }

/** Four bytes a step and nothing allocated: every write that may be repeated is digested. */
class Lanes {
  #high = start.high
  #low = start.low

  add(data: unknown): void {
    if (typeof data === 'string') this.#addText(data)
    else if (data instanceof Uint8Array) this.#addBytes(data)
    else if (Array.isArray(data)) {
      this.#step(data.length ^ tags.array)
      for (const item of data) this.add(item)
    } else if (typeof data === 'object' && data !== null) this.#addObject(data)
    else this.#addText(`${typeof data} ${data}`)
  }

  toInteger(): number {
    return (this.#high >>> 0) * 2 ** lowBits + (this.#low >>> (32 - lowBits))
  }

  /** Each member is digested by itself, and a sum is the same in any order. */
  #addObject(data: object): void {
    const [high, low] = [this.#high, this.#low]
    let [sumHigh, sumLow, count] = [0, 0, 0]
    for (const name of Object.keys(data)) {
      const value = (data as Readonly<Record<string, unknown>>)[name]
      if (value === undefined) continue
      this.#high = start.high
      this.#low = start.low
      this.#addText(name)
      this.add(value)
      sumHigh = (sumHigh + this.#high) | 0
      sumLow = (sumLow + this.#low) | 0
      count++
    }
    this.#high = high
    this.#low = low
    this.#step(count ^ tags.object)
    this.#step(sumHigh)
    this.#step(sumLow)
  }

  #addText(text: string): void {
    this.#step(text.length ^ tags.text)
    if (text.length <= unitsMax) {
      this.#addUnits(text)
      return
    }
    for (let start = 0; start < text.length; ) {
      const rest = start === 0 ? text : text.slice(start)
      const { read, written } = encoder.encodeInto(rest, scratch)
      this.#addScratch(written)
      start += read
    }
  }

  #addBytes(bytes: Uint8Array): void {
    this.#step(bytes.byteLength ^ tags.bytes)
    for (let start = 0; start < bytes.byteLength; start += scratch.length) {
      const piece = bytes.subarray(start, start + scratch.length)
      scratch.set(piece)
      this.#addScratch(piece.byteLength)
    }
  }

  // The loops have the lanes in variables of their own, which are quicker than members.

  #addUnits(text: string): void {
    let high = this.#high
    let low = this.#low
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      high = nextHigh(high, unit)
      low = nextLow(low, unit)
    }
    this.#high = high
    this.#low = low
  }

  #addScratch(length: number): void {
    const steps = Math.ceil(length / wordBytes)
    scratch.fill(0, length, steps * wordBytes)
    let high = this.#high
    let low = this.#low
    for (let index = 0; index < steps; index++) {
      const word = words[index] as number
      high = nextHigh(high, word)
      low = nextLow(low, word)
    }
    this.#high = high
    this.#low = low
  }

  #step(word: number): void {
    this.#high = nextHigh(this.#high, word)
    this.#low = nextLow(this.#low, word)
  }
}

function nextHigh(lane: number, word: number): number {
  const mixed = Math.imul(lane ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

function nextLow(lane: number, word: number): number {
  const mixed = Math.imul(lane ^ word, 0x5f356495)
  return mixed ^ (mixed >>> 13)
}

/** Tells lengths of different things apart. */
const tags = { text: 0x1000_0000, bytes: 0x2000_0000, array: 0x4000_0000, object: 0x5000_0000 }
