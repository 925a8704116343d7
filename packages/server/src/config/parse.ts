/** Readers for the texts that flags and variables give. Each says in its error what it takes. */
import { KvasirError, limits } from 'kvasir'
import { readDuration } from 'kvasir/protocol'
import { cacheBytesMax } from '../limits/server-limits.ts'

export function parseText(text: string): string {
  return text
}

export function parseDirectory(text: string, from: string): string {
  if (text === 'memory:') return text
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw invalid(`${from} takes a directory or "memory:"; it was given an address.`, '--url')
  }
  if (text === '') throw invalid(`${from} takes a directory or "memory:"; it is empty.`)
  return text
}

export function parseAddress(text: string, from: string): string {
  if (/^unix:./i.test(text)) return text
  // Nothing is repeated in the errors: an address may hold a password.
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw invalid(
      `${from} takes the address of a server, such as http://127.0.0.1:7450 or unix:/run/kvasir.sock.`,
    )
  }
  const { username, password } = new URL(text)
  if (username === '' && password === '') return text
  throw invalid(`${from} takes an address without a name and a password in it.`, '--token-file')
}

/** Takes what can stand in a header. Anything else would come back in the errors of `fetch`. */
export function parseToken(text: string, from: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw invalid(`${from} holds what cannot be a token: something is missing, or there is a space.`)
}

export function parsePort(text: string, from: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw invalid(`${from} takes a number from 0 to 65535; it was given ${show(text)}.`)
}

/** Takes permissions in octal, as `chmod` does. */
export function parseFileMode(text: string, from: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8)
  throw invalid(`${from} takes permissions such as 600 or 660; it was given ${show(text)}.`)
}

export function parseWhole(text: string, from: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw invalid(`${from} takes a whole number; it was given ${show(text)}.`)
}

export function parsePositive(text: string, from: string): number {
  const number = parseWhole(text, from)
  if (number > 0) return number
  throw invalid(`${from} takes a whole number of at least 1; it was given ${show(text)}.`)
}

/** Takes room for the largest value at least, which nobody could read otherwise. */
export function parseAnswerBytes(text: string, from: string): number {
  const number = parseWhole(text, from)
  const least = limits.valueBytesMax
  if (number >= least) return number
  throw invalid(`${from} takes at least ${least}, the largest value; it was given ${show(text)}.`)
}

/** Takes half of the heap at most: with more, the process would die of a lack of memory. */
export function parseCacheBytes(text: string, from: string): number {
  const number = parseWhole(text, from)
  if (number <= cacheBytesMax) return number
  throw invalid(
    `${from} takes ${cacheBytesMax} at most, half of the heap; it was given ${show(text)}. Node has a larger heap with NODE_OPTIONS=--max-old-space-size=<MiB>.`,
  )
}

const workersMax = 64

export function parseWorkers(text: string, from: string): number {
  const number = parsePositive(text, from)
  if (number <= workersMax) return number
  throw invalid(`${from} takes ${workersMax} at most; it was given ${show(text)}.`)
}

/** Reads a decimal number, such as `1`, `-2.5` or `1e6`. */
export function parseNumber(text: string, from: string): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(number)) return number
  throw invalid(`${from} takes a finite number, such as 1 or -2.5; it was given ${show(text)}.`)
}

/** A reader for one of several words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return (text: string, from: string): Word => {
    const word = words.find((candidate) => candidate === text)
    if (word !== undefined) return word
    throw invalid(`${from} takes ${words.join(', ')}; it was given ${show(text)}.`)
  }
}

/** A reader for several words with commas between them. */
export function someOf<const Word extends string>(words: readonly Word[]) {
  const parseWord = oneOf(words)
  return (text: string, from: string): Word[] =>
    text.split(',').map((word) => parseWord(word.trim(), from))
}

/** Reads names with commas between them; who uses them finds out whether they can be names. */
export function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

/** Reads a duration as whole milliseconds. Text must have the unit: 60 could be anything. */
export function parseDurationMs(text: string, from: string): number {
  const durationMs = readDuration(text, 'ms')
  if (durationMs !== undefined) return durationMs
  throw new KvasirError(
    'KV_INVALID_TTL',
    `${from} takes a duration such as 500ms, 90s, 5m, 1.5h or 7d; it was given ${show(text)}.`,
    { outcome: 'not-applied' },
  )
}

function invalid(message: string, instead?: string): KvasirError {
  const advice = instead === undefined ? '' : ` Pass it as ${instead}.`
  return new KvasirError('KV_INVALID_ARGUMENT', message + advice, { outcome: 'not-applied' })
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 40))
}
