import { describe, expect, it } from 'vitest'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code))
const odd = ['"', '\\', "'", '\u007f', '\u0080', '\u2028', '\ufeff', '\ufffd', '\uffff', '😀']
const keys = [...controls, ...odd].flatMap((text) => [text, `a${text}b`, `${text}${text}`])

describe('keys that hold anything', () => {
  it('are each read, replaced, remembered and removed as themselves', async () => {
    const engine = await open(temporaryDirectory())
    const kept = { project: 'shop', bucket: 'kept' }
    await engine.createBucket(kept, { description: '', history: 3, metadata: {} })
    for (const bucket of [at, kept]) {
      for (const text of ['first', 'second']) {
        await engine.commit(
          bucket,
          keys.map((key) => put(key, `${text} of ${key}`)),
        )
      }
    }

    for (const key of keys) {
      expect(textOf(await engine.get(at, key))).toBe(`second of ${key}`)
      expect(await engine.history(kept, key)).toHaveLength(2)
      await engine.commit(at, [{ op: 'delete', key }])
      expect(await engine.get(at, key)).toBeUndefined()
    }
    expect((await engine.list(at, { order: 'key', limit: 1 })).entries).toEqual([])
  })

  it('are listed exactly, with and without their values, in the order of their bytes', async () => {
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
