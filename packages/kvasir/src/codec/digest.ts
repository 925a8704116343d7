const encoder = new TextEncoder()
const scratch = new Uint8Array(16 * 1024)
const words = new Uint32Array(scratch.buffer)
const wordBytes = 4

/**
 * A short digest of plain data, whatever the order in which its objects have their members; those
 * that are undefined count as not there. Not a cryptographic hash: it catches mistakes and not
 * forgers.
 */
export function digest(data: unknown): string {
  const lanes = new Lanes()
  lanes.add(data)
  return lanes.toString()
}

/** Four bytes a step and nothing allocated: every write that may be repeated is digested. */
class Lanes {
  #high = 0xdeadbeef
  #low = 0x41c6ce57
  #length = 0

  add(data: unknown): void {
    if (typeof data === 'string') this.#addText(data)
    else if (data instanceof Uint8Array) this.#addBytes(data)
    else if (Array.isArray(data)) {
      this.#step(data.length ^ tags.array)
      for (const item of data) this.add(item)
    } else if (typeof data === 'object' && data !== null) this.#addObject(data)
    else this.#addText(`${typeof data} ${data}`)
  }

  toString(): string {
    return `${hex(this.#high)}${hex(this.#low)}${this.#length.toString(16)}`
  }

  #addObject(data: object): void {
    const names = Object.keys(data)
    if (names.length > 1) names.sort()
    const members = data as Readonly<Record<string, unknown>>
    let count = 0
    for (const name of names) if (members[name] !== undefined) count++
    this.#step(count ^ tags.object)
    for (const name of names) {
      const value = members[name]
      if (value === undefined) continue
      this.#addText(name)
      this.add(value)
    }
  }

  #addText(text: string): void {
    this.#step(text.length ^ tags.text)
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

  #addScratch(length: number): void {
    const steps = Math.ceil(length / wordBytes)
    scratch.fill(0, length, steps * wordBytes)
    for (let index = 0; index < steps; index++) this.#step(words[index] ?? 0)
    this.#length += length
  }

  #step(word: number): void {
    this.#high = Math.imul(this.#high ^ word, 2_654_435_761)
    this.#high ^= this.#high >>> 15
    this.#low = Math.imul(this.#low ^ word, 1_597_334_677)
    this.#low ^= this.#low >>> 13
  }
}

/** Tells lengths of different things apart. */
const tags = { text: 0x1000_0000, bytes: 0x2000_0000, array: 0x4000_0000, object: 0x5000_0000 }

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0')
}
