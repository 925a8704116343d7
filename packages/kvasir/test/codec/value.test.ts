import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NumberSet, StringSet } from '../../src/codec/typed-sets.ts'
import { decodeValue, encodeValue, storedFromJsonText } from '../../src/codec/value.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'

const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value))

/** Trees that hold typed sets anywhere, under names that may be anything. */
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()).map((members) => new StringSet(members)),
      fc.array(fc.integer()).map((members) => new NumberSet(members)),
    ),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'a/b', '~0', '')), tie('tree')),
        { maxLength: 3 },
      )
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}))

describe('storing a value and reading it back', () => {
  it('gives whatever JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(roundTrip(value)).toStrictEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('gives typed sets wherever they stand', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const read = roundTrip(value)

        expect(read).toStrictEqual(value)
        expect(JSON.stringify(read)).toBe(JSON.stringify(value))
      }),
    )
  })

  it('either gives what JSON would, or refuses', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    fc.assert(
      fc.property(anything, (value) => {
        const read = attempt(() => roundTrip(value))

        const isRefused = KvasirError.is(read, 'KV_INVALID_VALUE')
        const isBytes = value instanceof Uint8Array
        const expected = isRefused ? read : isBytes ? new Uint8Array(value) : viaJson(value)
        expect(read).toStrictEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps text of any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(roundTrip(text)).toBe(text)
      }),
    )
  })

  it('keeps bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(roundTrip(bytes)).toStrictEqual(new Uint8Array(bytes))
      }),
    )
  })

  it('copies bytes both ways', () => {
    const bytes = new Uint8Array([1, 2])
    const stored = encodeValue(bytes)
    bytes[0] = 9
    const read = decodeValue(stored) as Uint8Array
    read[1] = 9

    expect(decodeValue(stored)).toStrictEqual(new Uint8Array([1, 2]))
  })

  it('takes a Buffer for bytes', () => {
    expect(roundTrip(Buffer.from('ab'))).toStrictEqual(new Uint8Array([97, 98]))
  })

  it('reads nothing through a prototype', () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"b":{"__proto__":["x"]}}')

    const read = roundTrip(value) as object

    expect(JSON.stringify(read)).toBe('{"__proto__":{"a":1},"b":{"__proto__":["x"]}}')
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  })

  it('revives a set that is called __proto__', () => {
    const value = Object.fromEntries([['__proto__', new StringSet(['a'])]])

    const read = roundTrip(value) as object

    expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).toStrictEqual(
      new StringSet(['a']),
    )
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  })
})

describe('the kind of a stored value', () => {
  const kinds: readonly (readonly [value: unknown, kind: string, data: unknown])[] = [
    ['Alice', 'text', 'Alice'],
    ['', 'text', ''],
    [new Date(0), 'text', '1970-01-01T00:00:00.000Z'],
    [5, 'json', '5'],
    [null, 'json', 'null'],
    [[1], 'json', '[1]'],
    [new StringSet(['a']), 'json', '["a"]'],
    [{ a: 1 }, 'record', '{"a":1}'],
    [{ toJSON: () => ({ b: 2 }) }, 'record', '{"b":2}'],
    [{ toJSON: () => [1] }, 'json', '[1]'],
  ]
  for (const [value, kind, data] of kinds) {
    it(`is ${kind} for ${JSON.stringify(value)}`, () => {
      expect(encodeValue(value)).toMatchObject({ kind, data })
    })
  }
})

describe('a value nested deeper than a call stack reaches', () => {
  const deep = (depth: number, core: unknown): unknown =>
    Array.from({ length: depth }).reduce(
      (inner: unknown, _step, index) => (index % 2 ? [inner] : { inner }),
      core,
    )

  it('is stored and read', () => {
    const stored = encodeValue(deep(100_000, 'core'))

    expect(String(stored.data)).toHaveLength(50_000 * 2 + 50_000 * '{"inner":}'.length + 6)
    expect(encodeValue(decodeValue(stored))).toEqual(stored)
  })

  it('is written as the native writer would', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 505, max: 700 }), (core, depth) => {
        const value = deep(depth, core)

        expect(encodeValue(value).data).toBe(JSON.stringify(value))
      }),
      { numRuns: 50 },
    )
  })

  it('keeps sets in its depths', () => {
    const value = deep(600, new NumberSet([1]))

    expect(roundTrip(value)).toStrictEqual(value)
  })

  const damaged: readonly (readonly [name: string, core: unknown])[] = [
    ['undefined in an array', [undefined]],
    ['a function', () => 1],
    ['NaN', Number.NaN],
    ['a Map', new Map()],
  ]
  for (const [name, core] of damaged) {
    it(`is refused for ${name} in its depths`, () => {
      expect(codeOf(() => encodeValue(deep(600, core)))).toBe('KV_INVALID_VALUE')
    })
  }

  it('is refused when it is a circle, however long', () => {
    const end: { next?: unknown } = {}
    const start = deep(2000, end)
    end.next = start

    expect(codeOf(() => encodeValue(start))).toBe('KV_INVALID_VALUE')
  })
})

describe('a value that stands twice in a tree', () => {
  it('is no circle', () => {
    const shared = { a: 1 }

    expect(roundTrip([shared, shared])).toEqual([{ a: 1 }, { a: 1 }])
  })
})

describe('a refused value', () => {
  it('is named by its place, as a JSON Pointer', () => {
    const error = attempt(() => encodeValue({ 'a/b': [0, { '~c': 1n }] }))

    expect(error).toMatchObject({ details: { pointer: '/a~1b/1/~0c' } })
  })
})

describe('JSON text from outside', () => {
  it('is kept as it is', () => {
    const text = ' {"b": 1.0, "a": [ ] }\n'

    expect(storedFromJsonText(text)).toEqual({ kind: 'record', data: text })
  })

  it('becomes text where it is a string', () => {
    expect(storedFromJsonText('"Alice"')).toEqual({ kind: 'text', data: 'Alice' })
  })

  for (const text of ['', ' ', '{', '[1,]', 'undefined', "'a'"]) {
    it(`is refused as ${JSON.stringify(text)}`, () => {
      expect(codeOf(() => storedFromJsonText(text))).toBe('KV_MALFORMED_BODY')
    })
  }
})

describe('a number in JSON text from outside', () => {
  for (const text of ['1e400', '{"a":[-1E+999]}', `[1${'0'.repeat(309)}]`]) {
    it(`is refused where it would read as Infinity: ${text.slice(0, 16)}`, () => {
      expect(codeOf(() => storedFromJsonText(text))).toBe('KV_INVALID_VALUE')
    })
  }

  it('is kept where it is large and finite', () => {
    expect(storedFromJsonText('[1e308, 1e-400]')).toEqual({ kind: 'json', data: '[1e308, 1e-400]' })
  })
})

describe('stored text that is damaged', () => {
  it('is reported as KV_CORRUPT', () => {
    expect(codeOf(() => decodeValue({ kind: 'json', data: '{' }))).toBe('KV_CORRUPT')
  })

  it('is reported when a set is missing where one should stand', () => {
    const sets = { '/tags': 'string' } as const

    expect(codeOf(() => decodeValue({ kind: 'record', data: '{}', sets }))).toBe('KV_CORRUPT')
  })
})

function viaJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

function codeOf(run: () => unknown): string {
  const error = attempt(run)
  return KvasirError.is(error) ? error.code : 'no error'
}
