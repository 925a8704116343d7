import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteRun, newBytes } from '../../src/protocol/byte-run.ts'
import { FrameWriter, readFrame, textOfValue } from '../../src/protocol/socket-frame.ts'

// Around the lengths from which on texts are measured first, and room is made of its own.
const length = fc.constantFrom(0, 1, 5, 1000, 16_384, 16_385, 50_000, 140_000)
const text = fc
  .tuple(fc.constantFrom('a', 'é', '漢', '😀'), length)
  .map(([unit, units]) => unit.repeat(units))
const value = fc.oneof(
  text,
  fc.string({ unit: 'grapheme' }),
  length.map((bytes) => new Uint8Array(bytes).fill(7)),
)

const bytesOf = (given: string | Uint8Array): Uint8Array =>
  typeof given === 'string' ? new TextEncoder().encode(given) : given

describe('a frame', () => {
  it('brings messages and values as they were put in, one frame after the other', () => {
    const frame = new FrameWriter()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.jsonValue(), value), { maxLength: 6 }), (messages) => {
        for (const [index, [member, data]] of messages.entries()) {
          if (index % 2 === 0) frame.add([index, 'word'], [member], data)
          else frame.addText(`${index},"word"`, `,${JSON.stringify(member)}`, data)
        }
        expect(frame.messages).toBe(messages.length)

        const read = readFrame(frame.take())

        const asRead = JSON.parse(JSON.stringify(messages.map(([member]) => member)))
        expect(read.map(({ message }) => message[3])).toEqual(asRead)
        expect(read.map(({ message }) => message[0])).toEqual([...messages.keys()])
        for (const [index, [, data]] of messages.entries()) {
          expect(Buffer.compare(read[index]?.value ?? Buffer.of(1), bytesOf(data))).toBe(0)
        }
        expect(frame.isEmpty).toBe(true)
      }),
    )
  })

  it('is whole beside another one that is made at the same time', () => {
    const [first, second] = [new FrameWriter(), new FrameWriter()]
    for (let id = 1; id <= 20; id++) {
      first.add([id, 'put'], [], `one ${id}`)
      second.add([id, 'put'], [], `two ${id}`)
    }

    const [ofFirst, ofSecond] = [first.take(), second.take()]

    const texts = (bytes: Uint8Array): string[] => readFrame(bytes).map((m) => textOfValue(m.value))
    expect(texts(ofFirst)).toEqual(Array.from({ length: 20 }, (_, at) => `one ${at + 1}`))
    expect(texts(ofSecond)).toEqual(Array.from({ length: 20 }, (_, at) => `two ${at + 1}`))
  })
})

describe('a run of bytes', () => {
  it('gives its room to the next one only when it is done with it', () => {
    const [one, other] = [new ByteRun(), new ByteRun()]
    one.add('one')
    other.add('other')
    const target = new Uint8Array(8)

    one.moveTo(target, 0)
    const next = new ByteRun()
    next.add('next')
    other.moveTo(target, 3)

    expect(new TextDecoder().decode(target)).toBe('oneother')
    expect([one.length, other.length, next.length]).toEqual([0, 0, 4])
  })
})

describe('new bytes', () => {
  it('are nobody else\u2019s', () => {
    const pieces = Array.from({ length: 300 }, (_, index) => newBytes(index * 7).fill(index % 256))
    expect(pieces.every((piece, index) => piece.every((byte) => byte === index % 256))).toBe(true)
  })
})
