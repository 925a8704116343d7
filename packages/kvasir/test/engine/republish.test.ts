import { describe, expect, it } from 'vitest'
import {
  findRepublishProblem,
  mayPublishUnder,
  publishedSubject,
} from '../../src/engine/republish.ts'

describe('a rule of what is published', () => {
  it.each([
    ['orders.1', { dest: 'pub.>' }, 'pub.orders.1'],
    ['orders.1', { dest: 'pub' }, 'pub'],
    ['orders.1', { source: 'orders.*', dest: 'pub.{{wildcard(1)}}' }, 'pub.1'],
    ['orders.1.x', { source: 'orders.>', dest: 'pub' }, 'pub'],
    ['a..b', { dest: 'pub.>' }, 'pub.a..b'],
    ['users.1', { source: 'orders.>', dest: 'pub.>' }, undefined],
    ['orders', { source: 'orders.>', dest: 'pub.>' }, undefined],
  ])('publishes %j by %j under %j', (key, rule, subject) => {
    expect(findRepublishProblem(rule)).toBeUndefined()
    expect(publishedSubject(key, rule)).toBe(subject)
  })

  it.each([
    [{ source: 'a', dest: 'b.>' }, 'dest ends with >'],
    [{ source: '>.a', dest: 'b' }, 'source has a >'],
    [{ dest: 'b.*' }, 'dest has a wildcard'],
    [{ dest: '' }, 'dest has an empty token'],
    [{ source: '*', dest: '{{wildcard(2)}}' }, 'dest names wildcard 2'],
  ])('may not be %j', (rule, problem) => {
    expect(findRepublishProblem(rule)).toContain(problem)
  })

  it.each([
    ['>', 'pub.>', true],
    ['pub.a', 'pub.>', true],
    ['pub', 'pub.>', false],
    ['pub.*', 'pub', false],
    ['pub.*.x', 'pub.{{wildcard(1)}}.x', true],
    ['pub.7.x', 'pub.$1.x', true],
    ['pub.7.y', 'pub.$1.x', false],
    ['other.>', 'pub.>', false],
  ])('is for those who ask for %j with dest %j: %j', (asked, dest, expected) => {
    expect(mayPublishUnder(asked, { source: '*', dest })).toBe(expected)
  })
})
