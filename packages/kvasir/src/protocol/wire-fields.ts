/**
 * Fields of records on the wire: a JSON object on one side, pairs on the other. It is cut open and
 * not parsed, so that fields keep their order and their names, whatever these are.
 */
import type { SetPaths, SetType, StoredJson, StoredValue } from '../codec/stored-value.ts'
import type { Fields } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { isArrayText, isObjectText } from './json-shape.ts'
import { elementsOf, membersOf, parseJson } from './json-slices.ts'
import { writeNumber } from './wire-number.ts'
import { groupSets, liftSets, readSets } from './wire-sets.ts'
import { partOf } from './wire-value.ts'

/** `"name":{field: value, …}` and the `sets` in them. */
export function writeValueFields(name: string, fields: Fields<StoredValue>): string {
  const sets = fields.flatMap(([field, value]) => liftSets(field, setsOf(value)))
  const members = fields.map(([field, value]) => [field, jsonOf(value)] as const)
  return writeObject(name, members) + writeSets(sets)
}

/** `"name":{field: [value, …], …}` and the `sets` in them. */
export function writeListFields(name: string, fields: Fields<readonly StoredValue[]>): string {
  const sets = fields.flatMap(([field, values]) => {
    const inList = values.flatMap((value, index) => liftSets(String(index), setsOf(value)))
    return liftSets(field, Object.fromEntries(inList))
  })
  const members = fields.map(([field, values]) => [field, arrayOf(values.map(jsonOf))] as const)
  return writeObject(name, members) + writeSets(sets)
}

export function writeNumberFields(name: string, fields: Fields<number>): string {
  return writeObject(
    name,
    fields.map(([field, number]) => [field, writeNumber(number)]),
  )
}

export function writeMemberFields(
  name: string,
  fields: Fields<readonly (string | number)[]>,
): string {
  const text = (member: string | number): string =>
    typeof member === 'number' ? writeNumber(member) : JSON.stringify(member)
  return writeObject(
    name,
    fields.map(([field, members]) => [field, arrayOf(members.map(text))]),
  )
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_VALUE` */
export function readValueFields(json: string, sets: unknown): Fields<StoredValue> {
  const groups = readGroups(sets)
  return pairsOf(json, groups).map(([field, text]) => [field, partOf(text, groups.get(field))])
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_VALUE` */
export function readListFields(json: string, sets: unknown): Fields<readonly StoredValue[]> {
  const groups = readGroups(sets)
  return pairsOf(json, groups).map(([field, text]) => {
    const values = arrayElements(field, text)
    const inList = groupSets(groups.get(field) ?? {})
    checkNames(new Set(Object.keys(values)), inList)
    return [field, values.map((value, index) => partOf(value, inList.get(String(index))))]
  })
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
export function readNumberFields(json: string): Fields<number> {
  return pairsOf(json).map(([field, text]) => {
    const number = parseJson(text)
    if (typeof number === 'number') return [field, number]
    throw invalidArgument(`${show(field)} takes a number; it was given ${nameOfType(text)}.`)
  })
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
export function readMemberFields(json: string): Fields<readonly (string | number)[]> {
  return pairsOf(json).map(([field, text]) => {
    const members = arrayElements(field, text).map(parseJson)
    if (members.every((member) => typeof member === 'string' || typeof member === 'number')) {
      return [field, members as (string | number)[]]
    }
    throw invalidArgument(`${show(field)} takes an array of strings or of numbers.`)
  })
}

/**
 * The named fields that a record has, as a record of them alone, in the order of the names. Their
 * text stays as it is.
 */
export function pickFields({ data, sets = {} }: StoredJson, names: readonly string[]): StoredJson {
  const members = new Map(membersOf(data))
  const groups = groupSets(sets)
  const present = [...new Set(names)].filter((name) => members.has(name))
  const texts = present.map((name) => `${JSON.stringify(name)}:${members.get(name)}`)
  const picked = present.flatMap((name) => liftSets(name, groups.get(name)))
  return {
    kind: 'record',
    data: `{${texts.join()}}`,
    ...(picked.length > 0 && { sets: Object.fromEntries(picked) }),
  }
}

function jsonOf(value: StoredValue): string {
  if (value.kind === 'text') return JSON.stringify(value.data)
  if (value.kind !== 'bytes') return value.data
  throw new KvasirError(
    'KV_INVALID_VALUE',
    'The value holds bytes inside another value, which cannot be stored unchanged. Store bytes under a key of their own.',
    { outcome: 'not-applied' },
  )
}

function setsOf(value: StoredValue): SetPaths | undefined {
  return 'sets' in value ? value.sets : undefined
}

function writeObject(name: string, members: readonly (readonly [string, string])[]): string {
  const inner = members.map(([field, text]) => `${JSON.stringify(field)}:${text}`)
  return `"${name}":{${inner.join()}}`
}

function arrayOf(elements: readonly string[]): string {
  return `[${elements.join()}]`
}

function writeSets(sets: readonly [string, SetType][]): string {
  return sets.length === 0 ? '' : `,"sets":${JSON.stringify(Object.fromEntries(sets))}`
}

function readGroups(sets: unknown): Map<string, SetPaths> {
  return sets === undefined ? new Map() : groupSets(readSets(sets))
}

function pairsOf(json: string, sets: ReadonlyMap<string, SetPaths> = new Map()) {
  if (!isObjectText(json)) {
    parseJson(json) // What is no JSON at all is reported as that.
    throw invalidArgument(
      `Fields come as an object of their names; it was given ${nameOfType(json)}.`,
    )
  }
  const pairs = membersOf(json)
  checkNames(new Set(pairs.map(([field]) => field)), sets)
  return pairs
}

function checkNames(names: ReadonlySet<string>, sets: ReadonlyMap<string, SetPaths>): void {
  for (const name of sets.keys()) {
    if (!names.has(name)) throw invalidArgument(`sets names ${show(name)}, which is not there.`)
  }
}

function arrayElements(field: string, text: string): string[] {
  if (isArrayText(text)) return elementsOf(text)
  throw invalidArgument(`${show(field)} takes an array; it was given ${nameOfType(text)}.`)
}

/** What JSON text stands for, judged by its beginning. */
function nameOfType(json: string): string {
  if (isObjectText(json)) return 'an object'
  if (isArrayText(json)) return 'an array'
  const value = parseJson(json)
  return value === null ? 'null' : `a ${typeof value}`
}

function show(field: string): string {
  return `Field ${JSON.stringify(field.slice(0, 100))}`
}

function invalidArgument(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}
