import { KvasirError, limits } from 'kvasir'
import { z } from 'zod'
import { sentAs } from './openapi/wire-form.ts'

/**
 * Reads what came from outside as the schema says.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` naming the place.
 */
export function parseShape<Shape>(schema: z.ZodType<Shape>, given: unknown, place: string): Shape {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue ? pathOf(issue.path) : ''
  throw invalidArgument(`${place}${path}: ${issue ? problemOf(issue) : 'it is not understood'}.`)
}

export function invalidArgument(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}

/** A whole number in a query. */
export const queryInteger = sentAs(
  z
    .string()
    .regex(/^\d{1,16}$/, 'it takes a whole number')
    .transform(Number),
  z.int().min(0),
)

/** A yes or no in a query. */
export const queryBoolean = sentAs(
  z.enum(['true', 'false'], 'it takes true or false').transform((text) => text === 'true'),
  z.boolean(),
)

/** The parameters of the query that lead through the pages of a listing. */
export const pageParameters = {
  limit: queryInteger
    .describe(`The most items on the page: 1 to ${limits.pageLengthMax}.`)
    .default(limits.pageLengthDefault),
  cursor: z.string().describe('The `cursor` of the page before.').optional(),
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((name) => JSON.stringify(name.slice(0, 100)))
    return `${names.join(', ')} is not known here`
  }
  return issue.message
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
}
