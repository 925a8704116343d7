import { describe, expect, it } from 'vitest'
import { errorCatalog } from '../../src/errors/catalog.ts'
import { type ErrorCode, isErrorCode } from '../../src/errors/error-codes.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { fromProblem, toProblem } from '../../src/errors/problem.ts'

const codes = Object.keys(errorCatalog) as ErrorCode[]

describe('the catalogue of errors', () => {
  it('has codes', () => {
    expect(codes.length).toBeGreaterThan(30)
  })

  for (const code of codes) {
    it(`describes ${code}`, () => {
      const { status, retryable, title, exitCode } = errorCatalog[code]

      expect(code).toMatch(/^KV_[A-Z]+(_[A-Z]+)*$/)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(600)
      expect(title).toMatch(/^[A-Z].+\.$/)
      expect([1, 2, 3, 4, 5, 6, 7]).toContain(exitCode)
      // Of the caller's own doing, only having too much open passes by itself.
      expect(retryable && status < 500 && status !== 429).toBe(false)
    })

    it(`lets ${code} come over the wire as it was`, () => {
      const error = new KvasirError(code, 'It happened.', {
        outcome: 'unknown',
        details: { key: 'alice' },
        cause: new Error('stays behind'),
      })

      const wire: unknown = JSON.parse(JSON.stringify(toProblem(error)))
      const rebuilt = fromProblem(wire)

      expect(rebuilt).toMatchObject({
        code,
        message: 'It happened.',
        retryable: errorCatalog[code].retryable,
        outcome: 'unknown',
        details: { key: 'alice' },
        status: errorCatalog[code].status,
      })
      expect(JSON.stringify(wire)).not.toContain('stays behind')
    })
  }

  it('knows its own codes and no others', () => {
    expect(isErrorCode('KV_CONFLICT')).toBe(true)
    expect(isErrorCode('KV_NONSENSE')).toBe(false)
    expect(isErrorCode('toString')).toBe(false)
    expect(isErrorCode(5)).toBe(false)
  })
})

describe('a problem from outside', () => {
  const foreign: readonly unknown[] = [
    undefined,
    null,
    'text',
    {},
    { code: 'KV_CONFLICT' },
    { code: 'KV_NONSENSE', detail: 'x' },
    { code: '__proto__', detail: 'x' },
  ]
  for (const problem of foreign) {
    it(`is none of ours: ${JSON.stringify(problem) ?? 'undefined'}`, () => {
      expect(fromProblem(problem)).toBe(undefined)
    })
  }

  it('cannot bring an outcome that there is not', () => {
    const error = fromProblem({ code: 'KV_CONFLICT', detail: 'x', outcome: 'fine', details: 5 })

    expect(error?.outcome).toBe(undefined)
    expect(error?.details).toEqual({})
  })
})

describe('a KvasirError', () => {
  it('is known by its brand, also when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), { code: 'KV_CONFLICT' })
    Object.defineProperty(foreign, Symbol.for('kvasir.error'), { value: true })

    expect(KvasirError.is(foreign)).toBe(true)
    expect(KvasirError.is(foreign, 'KV_CONFLICT')).toBe(true)
    expect(KvasirError.is(foreign, 'KV_CLOSED')).toBe(false)
    expect(KvasirError.is(new Error('x'))).toBe(false)
    expect(KvasirError.is(null)).toBe(false)
  })

  it('is made of anything thrown, with that as its cause', () => {
    const cause = new Error('disk on fire')

    expect(KvasirError.from(cause)).toMatchObject({ code: 'KV_INTERNAL', cause })
    expect(KvasirError.from('text')).toMatchObject({ code: 'KV_INTERNAL', message: 'text' })
    expect(KvasirError.from(new DOMException('x', 'AbortError')).code).toBe('KV_ABORTED')
  })

  it('passes through as it is', () => {
    const error = new KvasirError('KV_CONFLICT', 'x')

    expect(KvasirError.from(error)).toBe(error)
  })
})
