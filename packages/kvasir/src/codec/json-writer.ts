import { KvasirError } from '../errors/kvasir-error.ts'
import { tooDeep } from './depth.ts'
import { limits } from './limits.ts'
import type { SetPaths, SetType } from './stored-value.ts'
import { NumberSet, StringSet } from './typed-sets.ts'

/** JSON text, and where typed sets stand in it. */
export interface JsonText {
  readonly text: string
  readonly sets?: SetPaths
  readonly isObject: boolean
}

// `JSON.stringify` recurses and overflows the stack a few thousand levels down. Up to this depth it
// does the writing; for deeper values an explicit stack does, more slowly.
const nativeDepthMax = 512

/**
 * Writes a value as JSON text, after making sure that reading it back gives the same value.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE` naming the first place that would be damaged;
 * `KV_TOO_LARGE` when it is nested too deep.
 */
export function writeJson(root: unknown): JsonText {
  const walk: Walk = { path: [], sets: undefined, needsOwnWriter: false }
  const value = check(root, walk)
  if (walk.needsOwnWriter) return writeDeep(root)
  return toJsonText(JSON.stringify(value), isObject(value), walk)
}

function toJsonText(text: string, isObject: boolean, { sets }: Walk): JsonText {
  return sets ? { text, sets, isObject } : { text, isObject }
}

interface Walk {
  readonly path: (string | number)[]
  sets: Record<string, SetType> | undefined
  needsOwnWriter: boolean
}

/** Checks a value and everything in it; returns what stands in its place after `toJSON`. */
function check(given: unknown, walk: Walk): unknown {
  const value = resolve(given, walk)
  if (typeof value !== 'object' || value === null || walk.needsOwnWriter) return value
  if (walk.path.length >= nativeDepthMax) {
    walk.needsOwnWriter = true
    return value
  }
  if (value instanceof Set) return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (isSound(value[index])) continue
      walk.path.push(index)
      if (value[index] === undefined) throw undefinedElement(value, index, walk)
      check(value[index], walk)
      walk.path.pop()
    }
    return value
  }
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name]
    if (member === undefined || isSound(member)) continue
    walk.path.push(name)
    check(member, walk)
    walk.path.pop()
  }
  return value
}

/** Whether it is a leaf that JSON keeps: then nobody asks where it stands. */
function isSound(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}

/** What JSON makes of one value, not looking inside: refuses leaves that it would damage. */
function resolve(given: unknown, walk: Walk): unknown {
  switch (typeof given) {
    case 'string':
    case 'boolean':
      return given
    case 'number':
      if (Number.isFinite(given)) return given
      throw damaged(String(given), walk)
    case 'object':
      return given === null ? null : resolveObject(given, walk)
    case 'undefined':
      throw damaged('undefined', walk)
    default:
      throw damaged(`a ${typeof given}`, walk)
  }
}

function resolveObject(given: object, walk: Walk): unknown {
  if (Array.isArray(given)) return given
  if (given instanceof StringSet || given instanceof NumberSet) {
    walk.sets ??= {}
    walk.sets[toPointer(walk.path)] = given instanceof StringSet ? 'string' : 'number'
    return given
  }
  if (ArrayBuffer.isView(given)) throw damaged('bytes inside another value', walk)
  if (given instanceof Date && Number.isNaN(given.getTime())) throw damaged('an invalid Date', walk)
  const { toJSON } = given as { toJSON?: unknown }
  if (typeof toJSON === 'function') {
    const replaced: unknown = toJSON.call(given, String(walk.path.at(-1) ?? ''))
    if (replaced === given) return given
    // The native writer asks `toJSON` once only; ours goes on until a plain value stands there.
    if (hasToJson(replaced)) walk.needsOwnWriter = true
    return resolve(replaced, walk)
  }
  if (!isPlain(given)) throw damaged(`an instance of ${nameOfClass(given)}`, walk)
  if (Object.getOwnPropertySymbols(given).length > 0) throw damaged('a symbol as a name', walk)
  return given
}

function hasToJson(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'toJSON' in value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  // A plain object of another realm (a worker's, a vm context's): its prototype ends the chain.
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.hasOwn(prototype as object, 'isPrototypeOf')
  )
}

/** The same text as the native writer's, by an explicit stack; refuses circles, too. */
function writeDeep(root: unknown): JsonText {
  const walk: Walk = { path: [], sets: undefined, needsOwnWriter: false }
  const ancestors = new Set<object>()
  const stack: Frame[] = []
  let text = ''

  const open = (given: unknown): void => {
    const value = resolve(given, walk)
    if (typeof value !== 'object' || value === null || value instanceof Set) {
      text += JSON.stringify(value)
      return
    }
    if (ancestors.has(value)) throw damaged('a circle back to an object that holds it', walk)
    if (stack.length >= limits.valueDepthMax) throw tooDeep()
    ancestors.add(value)
    stack.push(frameOf(value))
    text += Array.isArray(value) ? '[' : '{'
  }

  open(root)
  const isRootObject = text === '{'
  while (stack.length > 0) {
    const frame = stack[stack.length - 1] as Frame
    if (frame.next > 0) walk.path.pop()
    const step = frame.steps[frame.next]
    if (step === undefined) {
      text += frame.names ? '}' : ']'
      ancestors.delete(frame.value)
      stack.pop()
      continue
    }
    if (frame.next++ > 0) text += ','
    walk.path.push(step)
    const member = (frame.value as Record<string | number, unknown>)[step]
    if (frame.names) text += `${JSON.stringify(step)}:`
    else if (member === undefined)
      throw undefinedElement(frame.value as unknown[], Number(step), walk)
    open(member)
  }
  return toJsonText(text, isRootObject, walk)
}

interface Frame {
  readonly value: object
  readonly names: boolean
  readonly steps: readonly (string | number)[]
  next: number
}

function frameOf(value: object): Frame {
  if (Array.isArray(value)) {
    return { value, names: false, steps: Array.from(value, (_, index) => index), next: 0 }
  }
  const members = value as Record<string, unknown>
  const steps = Object.keys(members).filter((name) => members[name] !== undefined)
  return { value, names: true, steps, next: 0 }
}

function isObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Set)
  )
}

function undefinedElement(array: unknown[], index: number, walk: Walk): KvasirError {
  return damaged(index in array ? 'undefined in an array' : 'a hole in an array', walk)
}

function damaged(what: string, walk: Walk): KvasirError {
  const pointer = toPointer(walk.path.slice(0, 20))
  const place = pointer === '' ? 'The value' : `The value at ${JSON.stringify(pointer)}`
  return new KvasirError(
    'KV_INVALID_VALUE',
    `${place} is ${what}, which cannot be stored unchanged. Store strings, finite numbers, booleans, null, arrays, plain objects, bytes, StringSet or NumberSet, or give the object a toJSON method.`,
    { details: { pointer } },
  )
}

function toPointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function nameOfClass(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'a class'
}
