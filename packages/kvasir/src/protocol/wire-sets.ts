/** The member `sets` of the wire: where typed sets stand in the JSON next to it. */
import type { SetPaths, SetType } from '../codec/stored-value.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it maps JSON Pointers to types of sets. */
export function readSets(given: unknown): SetPaths {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrongSets('it is not an object')
  }
  for (const [pointer, type] of Object.entries(given)) {
    if (pointer !== '' && !pointer.startsWith('/')) {
      throw wrongSets(`${show(pointer)} is no JSON Pointer`)
    }
    if (type !== 'string' && type !== 'number') throw wrongSets(`${show(pointer)} has another type`)
  }
  return given as SetPaths
}

/**
 * Makes sure that at every place stands an array of distinct members of the type.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE`
 */
export function checkSetsIn(value: unknown, sets: SetPaths): void {
  for (const [pointer, type] of Object.entries(sets)) {
    const found = find(value, stepsOf(pointer))
    if (Array.isArray(found) && isSetOf(found, type)) continue
    throw new KvasirError(
      'KV_INVALID_VALUE',
      `sets names ${show(pointer)} as a set of ${type}s, but there is no array of distinct ${type}s at that place.`,
      { outcome: 'not-applied', details: { pointer } },
    )
  }
}

/** Sorts the pointers by their first step, which the pointers in the groups no longer have. */
export function groupSets(sets: SetPaths): Map<string, SetPaths> {
  const groups = new Map<string, Record<string, SetType>>()
  for (const [pointer, type] of Object.entries(sets)) {
    const [first, ...rest] = stepsOf(pointer)
    if (first === undefined) throw wrongSets('its pointers begin with the name of a field here')
    const group = groups.get(first) ?? {}
    group[rest.map(toStep).join('')] = type
    groups.set(first, group)
  }
  return groups
}

/** Writes the pointers as they are one level further out. */
export function liftSets(name: string, sets: SetPaths | undefined): [string, SetType][] {
  const lifted = Object.entries(sets ?? {})
  return lifted.map(([pointer, type]) => [toStep(name) + pointer, type])
}

function stepsOf(pointer: string): string[] {
  if (pointer === '') return []
  const steps = pointer.slice(1).split('/')
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function toStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function find(value: unknown, steps: readonly string[]): unknown {
  let found = value
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string, unknown>)[step]
  }
  return found
}

function isSetOf(members: readonly unknown[], type: SetType): boolean {
  const isMember = (member: unknown): boolean =>
    type === 'string' ? typeof member === 'string' : Number.isFinite(member)
  return members.every(isMember) && new Set(members).size === members.length
}

function wrongSets(problem: string): KvasirError {
  return new KvasirError(
    'KV_INVALID_ARGUMENT',
    `sets takes an object of JSON Pointers with "string" or "number": ${problem}.`,
    { outcome: 'not-applied' },
  )
}

function show(pointer: string): string {
  return JSON.stringify(pointer.slice(0, 100))
}
