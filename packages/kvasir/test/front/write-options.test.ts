import { describe, expect, it } from 'vitest'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { toOperation } from '../../src/front/bucket-operation.ts'
import { toExpiry } from '../../src/front/write-options.ts'

describe('what options say of the expiry', () => {
  const said: readonly (readonly [options: object, expiry: unknown])[] = [
    [{}, undefined],
    [{ ttl: undefined }, undefined],
    [{ keepTtl: false }, undefined],
    [{ ttl: null }, 'none'],
    [{ ttl: 5 }, { ttlMs: 5 }],
    [{ ttl: '5s' }, { ttlMs: 5000 }],
    [{ expiresAt: 5000 }, { expiresAt: 5000 }],
    [{ expiresAt: new Date(5000) }, { expiresAt: 5000 }],
    [{ keepTtl: true }, 'keep'],
    [{ keepTtl: false, ttl: 5 }, { ttlMs: 5 }],
    [{ initialTtl: '1m' }, { initialTtlMs: 60_000 }],
  ]
  for (const [options, expiry] of said) {
    it(`is ${JSON.stringify(expiry) ?? 'nothing'} for ${JSON.stringify(options)}`, () => {
      expect(toExpiry(options)).toEqual(expiry)
    })
  }

  it('takes bare numbers in the unit of the call', () => {
    expect(toExpiry({ ttl: 5 }, 's')).toEqual({ ttlMs: 5000 })
    expect(toExpiry({ initialTtl: 5 }, 's')).toEqual({ initialTtlMs: 5000 })
  })

  const contradictions: readonly object[] = [
    { ttl: 5, expiresAt: 5000 },
    { ttl: null, keepTtl: true },
    { expiresAt: 5000, initialTtl: 5 },
    { keepTtl: true, initialTtl: 5 },
  ]
  for (const options of contradictions) {
    it(`is refused for ${JSON.stringify(options)}`, () => {
      expect(codeOf(() => toExpiry(options))).toBe('KV_INVALID_TTL')
    })
  }
})

describe('what options say of a condition', () => {
  const put = { op: 'put', key: 'alice', value: 'admin' } as const
  const plain = { op: 'put', key: 'alice', value: { kind: 'text', data: 'admin' } }

  it('is nothing, or the one given', () => {
    expect(toOperation(put)).toEqual(plain)
    expect(toOperation({ ...put, ifAbsent: false })).toEqual(plain)
    expect(toOperation({ ...put, ifAbsent: true })).toEqual({ ...plain, ifAbsent: true })
    expect(toOperation({ ...put, ifRevision: 0 })).toEqual({ ...plain, ifRevision: 0 })
  })

  it('is refused when ifAbsent is no claim', () => {
    const ifAbsent = 'yes' as unknown as boolean

    expect(codeOf(() => toOperation({ ...put, ifAbsent }))).toBe('KV_INVALID_ARGUMENT')
  })
})

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'no error'
  } catch (error) {
    return KvasirError.from(error).code
  }
}
