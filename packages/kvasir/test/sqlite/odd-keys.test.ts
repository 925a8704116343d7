import { describe, expect, it } from 'vitest'
import { at, open, put, temporaryDirectory } from './directories.ts'

describe('listing keys that hold anything', () => {
  it('gives back each one exactly, with and without its value, in the order of its bytes', async () => {
    const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code))
    const odd = ['"', '\\', "'", '\u007f', '\u0080', '\u2028', '\ufeff', '\ufffd', '\uffff', '😀']
    const keys = [...controls, ...odd].flatMap((text) => [text, `a${text}b`, `${text}${text}`])
    const engine = await open(temporaryDirectory())
    await engine.commit(
      at,
      keys.map((key) => put(key, `value of ${key}`)),
    )

    const heads = await engine.list(at, { order: 'key', limit: 1000, keysOnly: true })
    const whole = await engine.list(at, { order: 'key', limit: 1000 })

    const sorted = keys.toSorted((left, right) => Buffer.compare(bytesOf(left), bytesOf(right)))
    expect(heads.entries.map(({ key }) => key)).toEqual(sorted)
    expect(whole.entries.map(({ key }) => key)).toEqual(sorted)
    for (const { key, value } of whole.entries) {
      expect(value).toEqual({ kind: 'text', data: `value of ${key}` })
    }
  })
})

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}
