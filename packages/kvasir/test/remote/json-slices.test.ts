import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf, membersOf } from '../../src/protocol/json-slices.ts'

const spaces = fc.stringMatching(/^[ \n\r\t]{0,3}$/)

describe('cutting JSON open', () => {
  it('gives the members of an object as they stand there', () => {
    const members = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.json(), spaces))
    fc.assert(
      fc.property(members, (given) => {
        const texts = given.map(
          ([name, value]) => [name, JSON.stringify(JSON.parse(value))] as const,
        )
        const inner = given.map(
          ([, , space], index) =>
            `${space}${JSON.stringify(texts[index]?.[0])}${space}:${space}${texts[index]?.[1]}${space}`,
        )

        expect(membersOf(` {${inner.join()}} `)).toEqual(texts)
      }),
    )
  })

  it('gives the elements of an array as they stand there', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), spaces, (given, space) => {
        const texts = given.map((json) => json.trim())

        expect(elementsOf(`[${texts.map((text) => space + text + space).join()}]`)).toEqual(texts)
      }),
    )
  })

  it('takes brackets and quotes in strings for what they are', () => {
    const texts = ['"]"', '"\\""', '"\\\\"', '{"a}":"[\\\\\\""}', '[["]"]]']

    expect(elementsOf(`[${texts.join()}]`)).toEqual(texts)
  })

  it('keeps what parsing would change', () => {
    expect(membersOf('{"__proto__":1.0,"2":-0,"1":1e2,"1":[ ]}')).toEqual([
      ['__proto__', '1.0'],
      ['2', '-0'],
      ['1', '1e2'],
      ['1', '[ ]'],
    ])
  })

  it.each([
    '',
    '[',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a" 1}',
    '{a:1}',
    '{1:1}',
    '{,}',
    '{} x',
    '{}}',
    '[]',
    '{"a":1 "b":2}',
    '{"a":"',
  ])('refuses an object that is none: %s', (json) => {
    expect(() => membersOf(json)).toThrow(expect.objectContaining({ code: 'KV_MALFORMED_BODY' }))
  })

  it('goes through text that is cut off at any place without hanging', () => {
    const whole = '{"a":[1,{"b":"\\"x"}],"c":{"d":null},"e":"\\\\"}'
    for (let length = 0; length < whole.length; length++) {
      expect(() => membersOf(whole.slice(0, length))).toThrow()
    }
  })
})
