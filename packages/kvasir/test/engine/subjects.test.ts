import { describe, expect, it } from 'vitest'
import {
  findPatternProblem,
  findTransformProblem,
  matchesPattern,
  transformSubject,
} from '../../src/engine/subjects.ts'

describe('a pattern', () => {
  it.each([
    ['orders.eu.1', 'orders.eu.1', true],
    ['orders.eu.1', 'orders.eu', false],
    ['orders', 'orders.eu', false],
    ['orders.eu.1', 'orders.*.1', true],
    ['orders.eu.1', '*.*.*', true],
    ['orders.eu.1', 'orders.*', false],
    ['orders', '*', true],
    ['orders.eu.1', 'orders.>', true],
    ['orders', 'orders.>', false],
    ['orders.eu.1', '>', true],
    ['orders.eu.1', '*.eu.>', true],
    ['orders..1', 'orders.*.1', true],
    ['orders.', 'orders.>', true],
    ['*', 'orders', false],
  ])('matches %j against %j: %j', (subject, pattern, expected) => {
    expect(matchesPattern(subject, pattern)).toBe(expected)
  })

  it.each(['orders', 'orders.*', '*.eu.>', '>', 'ümlaut und mehr.1'])('may be %j', (pattern) => {
    expect(findPatternProblem(pattern)).toBeUndefined()
  })

  it.each([
    ['', 'empty token'],
    ['.', 'empty token'],
    ['orders.', 'empty token'],
    ['orders..eu', 'empty token'],
    ['>.eu', 'not at its end'],
    ['orders.eu*', 'within a token'],
    ['orders.>>', 'within a token'],
  ])('may not be %j: %s', (pattern, problem) => {
    expect(findPatternProblem(pattern)).toContain(problem)
  })
})

describe('a transform', () => {
  it.each([
    ['orders.eu.1', ['orders.*.*', 'eu.{{wildcard(2)}}.{{wildcard(1)}}'], 'eu.1.eu'],
    ['orders.eu.1', ['orders.*.*', 'o.$2.$1'], 'o.1.eu'],
    ['orders.eu.1', ['orders.*.1', '{{ Wildcard( 1 ) }}'], 'eu'],
    ['orders.eu.1', ['orders.>', 'dash.orders.>'], 'dash.orders.eu.1'],
    ['orders.eu.1', ['*.>', 'all.{{wildcard(1)}}.>'], 'all.orders.eu.1'],
    ['orders.eu.1', ['orders.eu.1', 'first'], 'first'],
    ['orders..1', ['orders.*.1', '{{wildcard(1)}}'], ''],
  ] as const)('turns %j by %j into %j', (subject, [source, dest], expected) => {
    expect(findTransformProblem({ source, dest })).toBeUndefined()
    expect(transformSubject(subject, { source, dest })).toBe(expected)
  })

  it('is not for subjects that its source does not match', () => {
    expect(transformSubject('users.1', { source: 'orders.*', dest: 'o.$1' })).toBeUndefined()
  })

  it.each([
    ['orders..*', 'o', 'source has an empty token'],
    ['orders.*', '', 'dest has an empty token'],
    ['orders.*', 'o.', 'dest has an empty token'],
    ['orders.>', 'o', 'ends with > if and only if'],
    ['orders.*', 'o.>', 'ends with > if and only if'],
    ['orders.*', 'o.*', '{{wildcard(1)}} is what'],
    ['orders.*', 'o.$2', 'names wildcard 2, and source has 1'],
    ['orders.*', 'o.{{wildcard(0)}}', 'names wildcard 0'],
    ['orders.*', 'o.{{partition(3,1)}}', 'other than {{wildcard(n)}}'],
    ['orders.*', 'o.x{{wildcard(1)}}', 'other than {{wildcard(n)}}'],
  ])('may not be %j → %j: %s', (source, dest, problem) => {
    expect(findTransformProblem({ source, dest })).toContain(problem)
  })
})
