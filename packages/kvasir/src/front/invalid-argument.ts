import { KvasirError } from '../errors/kvasir-error.ts'

export function invalidArgument(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}

/** What was given, in a few words and never in full: it may be large, or secret. */
export function describe(given: unknown): string {
  if (given === null || given === undefined || typeof given === 'boolean') return String(given)
  if (typeof given === 'number') return String(given)
  if (typeof given === 'string') return JSON.stringify(cut(given))
  if (Array.isArray(given)) return 'an array'
  return typeof given === 'object' ? 'an object' : `a ${typeof given}`
}

function cut(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`
}
