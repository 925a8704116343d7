import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeValue, encodeValue } from '../../src/codec/value.ts'
import { type Applied, apply } from '../../src/engine/apply.ts'
import type { Entry } from '../../src/engine/entry.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { entry, now, operation } from './arbitraries.ts'

const context = { now, revision: 777 }
const current = fc.option(entry, { nil: undefined })

describe('applying any operation to any entry', () => {
  it('is pure: it gives the same twice and changes nothing that it was given', () => {
    fc.assert(
      fc.property(current, operation, (found, given) => {
        const before = JSON.stringify([found, given])

        const first = outcomeOf(found, given)
        const second = outcomeOf(found, given)

        expect(second).toEqual(first)
        expect(JSON.stringify([found, given])).toBe(before)
      }),
      { numRuns: 500 },
    )
  })

  it('ends in a result or in an error that says nothing was applied', () => {
    fc.assert(
      fc.property(current, operation, (found, given) => {
        const outcome = outcomeOf(found, given)

        const isError =
          KvasirError.is(outcome, 'KV_WRONG_TYPE') && outcome.outcome === 'not-applied'
        expect(isError || (outcome as Applied).outcome !== undefined).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('takes the revision and the time of the context when it changes anything', () => {
    fc.assert(
      fc.property(current, operation, (found, given) => {
        const applied = changed(outcomeOf(found, given))
        if (!applied) return

        const { change, result } = applied
        const at =
          change.kind === 'put'
            ? [change.entry.revision, change.entry.updatedAt, change.entry.key]
            : [change.revision, change.at, change.key]
        expect(at).toEqual([777, now, given.key])
        expect(result).toMatchObject({ changed: true, revision: 777 })
      }),
      { numRuns: 500 },
    )
  })

  it('never gives an expiry that has come', () => {
    fc.assert(
      fc.property(current, operation, fc.constantFrom(undefined, 50), (found, given, ttlMs) => {
        const applied = changed(outcomeOf(found, given, ttlMs))
        if (applied?.change.kind !== 'put') return

        const { expiresAt = Number.POSITIVE_INFINITY } = applied.change.entry
        expect(expiresAt).toBeGreaterThan(now)
        expect(expiresAt).toBeLessThanOrEqual(now + (ttlMs ?? Number.POSITIVE_INFINITY))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps when the key came into being', () => {
    fc.assert(
      fc.property(current, operation, (found, given) => {
        const applied = changed(outcomeOf(found, given))
        if (applied?.change.kind !== 'put') return

        expect(applied.change.entry.createdAt).toBe(found?.createdAt ?? now)
      }),
      { numRuns: 500 },
    )
  })

  it('gives the entry from before to whoever asks, and to nobody else', () => {
    fc.assert(
      fc.property(current, operation, (found, given) => {
        const outcome = outcomeOf(found, given)
        if (KvasirError.is(outcome) || outcome.outcome === 'conflict') return

        expect(outcome.result.previous).toBe(given.previous ? found : undefined)
      }),
      { numRuns: 500 },
    )
  })

  it('conflicts exactly when its condition does not hold', () => {
    fc.assert(
      fc.property(current, operation, fc.constantFrom(0, 1, 50), (found, given, ifRevision) => {
        const revision = found?.revision ?? 0

        const absent = outcomeOf(found, { ...given, ifAbsent: true })
        const exact = outcomeOf(found, { ...given, ifRevision })

        expect(isConflict(absent)).toBe(revision !== 0)
        expect(isConflict(exact)).toBe(revision !== ifRevision)
      }),
      { numRuns: 500 },
    )
  })

  it('is idle or gone on a missing key, unless it creates', () => {
    fc.assert(
      fc.property(operation, (given) => {
        const outcome = outcomeOf(undefined, given)
        const creates = ['put', 'patch', 'increment', 'append', 'unshift', 'add'].includes(given.op)
        if (creates) return

        expect(outcome).toMatchObject({ outcome: 'unchanged', result: { revision: 0 } })
      }),
    )
  })
})

describe('operations on lists', () => {
  it('take out what was put in, in order', () => {
    const items = fc.array(fc.integer(), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(items, items, (ending, starting) => {
        const list = [
          { op: 'append', key: 'q', fields: [['l', ending.map(encodeValue)]] },
          { op: 'unshift', key: 'q', fields: [['l', starting.map(encodeValue)]] },
        ] as const
        const filled = list.reduce<Entry | undefined>(applied, undefined)

        const taken = outcomeOf(filled, { op: 'shift', key: 'q', fields: [['l', 100]] }) as Applied

        const elements = taken.outcome === 'changed' ? (taken.result.elements?.[0]?.[1] ?? []) : []
        expect(elements.map(decodeValue)).toEqual([...starting, ...ending])
      }),
    )
  })
})

describe('operations on sets', () => {
  it('add and remove as a set does', () => {
    const members = fc.array(fc.constantFrom('a', 'b', 'c', '__proto__'), { maxLength: 6 })
    fc.assert(
      fc.property(members, members, (added, removed) => {
        const steps = [
          { op: 'add', type: 'string', key: 's', fields: [['m', added]] },
          { op: 'remove', type: 'string', key: 's', fields: [['m', removed]] },
        ] as const
        const left = steps.reduce<Entry | undefined>(applied, undefined)

        const expected = new Set(added.filter((member) => !removed.includes(member)))
        const { m = [] } = left ? (decodeValue(left.value) as { m: Set<string> }) : {}
        expect([...m]).toEqual([...expected])
      }),
    )
  })
})

function applied(found: Entry | undefined, given: Operation): Entry | undefined {
  const outcome = apply(found, given, context)
  return outcome.outcome === 'changed' && outcome.change.kind === 'put'
    ? outcome.change.entry
    : found
}

function outcomeOf(
  found: Entry | undefined,
  given: Operation,
  ttlMs?: number,
): Applied | KvasirError {
  try {
    return apply(found, given, { ...context, ...(ttlMs !== undefined && { ttlMs }) })
  } catch (error) {
    return KvasirError.from(error)
  }
}

function changed(outcome: Applied | KvasirError) {
  return !KvasirError.is(outcome) && outcome.outcome === 'changed' ? outcome : undefined
}

function isConflict(outcome: Applied | KvasirError): boolean {
  return !KvasirError.is(outcome) && outcome.outcome === 'conflict'
}
