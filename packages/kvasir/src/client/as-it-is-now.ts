import { isPlainObject } from './plain-object.ts'

/**
 * What a call was given, as it is at the call: whoever gave it may change it while the code that
 * reads it is still loaded. Only what can be stored is copied; anything else stays, to be refused.
 */
export function asItIsNow(given: unknown, name = '', depth = 0): unknown {
  // What is deeper than this would overflow the stack.
  if (typeof given !== 'object' || given === null || depth > 500) return given
  if (given instanceof Uint8Array || given instanceof Set) return copyOf(given)
  const inside = (part: unknown, at: string | number): unknown =>
    asItIsNow(part, String(at), depth + 1)
  if (Array.isArray(given)) return given.map(inside)
  if ('toJSON' in given && typeof given.toJSON === 'function') {
    if (given instanceof Date) return new Date(given)
    return inside(given.toJSON(name), name)
  }
  if (!isPlainObject(given)) return given
  return Object.fromEntries(Object.entries(given).map(([at, part]) => [at, inside(part, at)]))
}

/** Of the same class, as typed sets have to be. */
function copyOf<Given extends Uint8Array | Set<unknown>>(given: Given): unknown {
  return new (given.constructor as new (from: Given) => Given)(given)
}
