/** Which failures a route can answer with: what follows from its traits, and what is its own. */
import { type ErrorCode, errorCatalog } from 'kvasir'
import { mediaTypes, problemMediaType } from 'kvasir/protocol'
import type { Route } from '../route.ts'
import type { RouteDoc } from '../route-doc.ts'
import { callFailureShape, problemShape } from './answer-shapes.ts'
import type { Answer, Reference } from './document.ts'
import type { SchemaWriter } from './wire-form.ts'

export interface FailureWriter {
  /** The failures of a route by their status, each of which names its codes. */
  write(route: Route, doc: RouteDoc): Record<string, Answer | Reference>
  /** Those that many routes have, by name. */
  readonly components: ReadonlyMap<string, Answer>
}

/** Answers with more codes than this are hardly ever the same, and would have endless names. */
const namedCodesMax = 3

export function createFailureWriter(schemas: SchemaWriter): FailureWriter {
  const components = new Map<string, Answer>()
  const write = (route: Route, doc: RouteDoc): Record<string, Answer | Reference> => {
    const [mediaType, shape, suffix] = route.fail
      ? [mediaTypes.json, callFailureShape, 'Call']
      : [problemMediaType, problemShape, '']
    const toAnswer = (codes: ReadonlySet<ErrorCode>): Answer | Reference => {
      const content = { [mediaType]: { schema: schemas.write(shape) } }
      const answer = { description: listOf(codes), content }
      if (codes.size > namedCodesMax) return answer
      const name = [...codes].map(pascalCase).join('Or') + suffix
      components.set(name, answer)
      return { $ref: `#/components/responses/${name}` }
    }
    const byStatus = groupByStatus([...traitsOf(route, doc), ...ownOf(doc)])
    return Object.fromEntries(byStatus.map(([status, codes]) => [status, toAnswer(codes)]))
  }
  return { write, components }
}

type Failure = readonly [status: number, code: ErrorCode]

function groupByStatus(failures: readonly Failure[]): [number, ReadonlySet<ErrorCode>][] {
  const codesByStatus = new Map<number, Set<ErrorCode>>()
  for (const [status, code] of failures) {
    const codes = codesByStatus.get(status) ?? new Set()
    codesByStatus.set(status, codes.add(code))
  }
  return [...codesByStatus].sort(([left], [right]) => left - right)
}

/** `KV_READ_ONLY` as `ReadOnly`. */
function pascalCase(code: ErrorCode): string {
  const words = code.slice('KV_'.length).toLowerCase().split('_')
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
}

function ownOf({ errors = [] }: RouteDoc): Failure[] {
  return errors.map(usual)
}

function traitsOf({ path, scopes, anyToken }: Route, doc: RouteDoc): Failure[] {
  const { hasKey, body, headers = [] } = doc
  const codes: ErrorCode[] = ['KV_INVALID_ARGUMENT', 'KV_INTERNAL']
  const conflicts: Failure[] = []
  if (scopes.length > 0 || anyToken) {
    codes.push('KV_UNAUTHENTICATED', 'KV_FORBIDDEN', ...storeFailures)
  }
  if (path.includes(':bucket')) codes.push('KV_BUCKET_NOT_FOUND')
  if (hasKey) codes.push('KV_INVALID_KEY')
  if (body) codes.push('KV_MALFORMED_BODY', 'KV_TOO_LARGE', 'KV_UNSUPPORTED_MEDIA_TYPE')
  if (headers.includes('IdempotencyKey')) codes.push('KV_IDEMPOTENCY_MISMATCH', 'KV_READ_ONLY')
  if (scopes.includes('write') || scopes.includes('admin')) codes.push(...spaceFailures)
  // A condition given by a header is what HTTP has a status of its own for.
  if (headers.includes('IfMatch')) conflicts.push([412, 'KV_CONFLICT'])
  return [...codes.map(usual), ...conflicts]
}

const storeFailures = [
  'KV_CORRUPT',
  'KV_STORAGE_FAILED',
  'KV_BUSY',
  'KV_CLOSED',
  'KV_UNAVAILABLE',
] as const

const spaceFailures = ['KV_QUOTA_EXCEEDED', 'KV_STORAGE_FULL', 'KV_STORAGE_READ_ONLY'] as const

function usual(code: ErrorCode): Failure {
  return [errorCatalog[code].status, code]
}

function listOf(codes: ReadonlySet<ErrorCode>): string {
  return [...codes].map((code) => `\`${code}\``).join(', ')
}
