import { describe, expect, it } from 'vitest'
import { NumberSet, StringSet } from '../../src/codec/typed-sets.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'

describe('a StringSet', () => {
  it('is a set of strings in the order of their coming', () => {
    const tags = new StringSet(['b', 'a']).add('b').add('c')

    expect([...tags]).toEqual(['b', 'a', 'c'])
    expect(tags).toBeInstanceOf(Set)
  })

  it('is an array in JSON', () => {
    expect(JSON.stringify({ tags: new StringSet(['a']) })).toBe('{"tags":["a"]}')
  })

  for (const member of [1, null, undefined, {}]) {
    it(`refuses ${JSON.stringify(member) ?? 'undefined'}`, () => {
      const given = member as unknown as string

      expect(codeOf(() => new StringSet().add(given))).toBe('KV_INVALID_VALUE')
      expect(codeOf(() => new StringSet([given]))).toBe('KV_INVALID_VALUE')
    })
  }
})

describe('a NumberSet', () => {
  it('is a set of numbers', () => {
    expect([...new NumberSet([2, 1, 2])]).toEqual([2, 1])
  })

  for (const member of [Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
    it(`refuses ${typeof member} ${member}`, () => {
      expect(codeOf(() => new NumberSet([member as number]))).toBe('KV_INVALID_VALUE')
    })
  }
})

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'no error'
  } catch (error) {
    return KvasirError.from(error).code
  }
}
