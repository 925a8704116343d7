/**
 * Wrong parameters for any function, made from its JSON Schema: for each parameter, and for the
 * members of those that are objects or arrays, values that it does not take.
 */
import type { FunctionDescription, JsonSchema } from '../dialects/flows/describe-functions.ts'

export interface BadCall {
  /** The parameter that is wrong, as messages name it: `entries[0].ttl`. */
  readonly place: string
  readonly parameters: Readonly<Record<string, unknown>>
}

type Path = readonly (string | number)[]

const long = 'x'.repeat(1_000_000)

/** What is wrong for every type but one. */
const samples = {
  null: [null],
  boolean: [true, false],
  number: [1, -1.5, Number.NaN],
  string: ['text', ''],
  array: [[], [1]],
  object: [{}, { a: 1 }],
} as const

/** Every parameter of the function, with each value that it does not take. */
export function badCalls({ parameters }: FunctionDescription): BadCall[] {
  return placesOf(parameters, []).flatMap(({ path, schema, isRequired }) => {
    const values = [...badValues(schema), ...(isRequired ? [undefined] : [])]
    return values.map((value) => ({
      place: textOf(path),
      parameters: withValue(parameters, path, value),
    }))
  })
}

/** Names that are no parameters, next to valid ones. */
export function unknownParameters({ parameters }: FunctionDescription): BadCall[] {
  const valid = validFor(parameters) as Record<string, unknown>
  return ['nonsense', 'Bucket', 'constructor', '__proto__', 'a/b', '..', ' ', 'ø😀'].map(
    (name) => ({
      place: JSON.stringify(name),
      parameters: Object.fromEntries([...Object.entries(valid), [name, 1]]),
    }),
  )
}

function placesOf(
  schema: JsonSchema,
  path: Path,
): { path: Path; schema: JsonSchema; isRequired: boolean }[] {
  const required = schema.required as readonly string[] | undefined
  const members = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
  return members.flatMap(([name, member]) => {
    const at = [...path, name]
    const own = { path: at, schema: member, isRequired: required?.includes(name) ?? false }
    const items = member.items as JsonSchema | undefined
    return [own, ...placesOf(member, at), ...(items ? placesOf(items, [...at, 0]) : [])]
  })
}

function badValues(schema: JsonSchema): readonly unknown[] {
  const { type, minimum, maximum, maxLength, minLength, enum: words } = schema
  if (type === undefined) return [Number.NaN, 1n, Symbol('x'), new Map(), '\ud800', () => 1]
  const family = type === 'integer' ? 'number' : (type as keyof typeof samples)
  const others = Object.entries(samples).flatMap(([name, values]) =>
    name === family ? [] : (values as readonly unknown[]),
  )
  return [
    ...others,
    ...(family === 'number' ? [Number.NaN, Number.POSITIVE_INFINITY, '1', 1n] : []),
    ...(type === 'integer' ? [1.5, -1.5] : []),
    ...(typeof minimum === 'number' ? [minimum - 1] : []),
    ...(typeof maximum === 'number' ? [maximum * 2] : []),
    ...(minimum === -1 ? [0] : []),
    ...(maxLength === undefined ? [] : [long, '\ud800']),
    ...(minLength === undefined ? [] : ['']),
    ...(schema.pattern === undefined ? [] : ['a/b', '..', 'a b', ' ', 'ø', '😀', 'a\u0000']),
    ...(words === undefined ? [] : ['FILE', '']),
    ...(schema.minItems === undefined ? [] : [[]]),
  ]
}

/** Something that the schema takes: what it requires, and no more. */
function validFor(schema: JsonSchema): unknown {
  const { type, minimum, enum: words, items, properties, required, format } = schema
  if (Array.isArray(words)) return words[0]
  if (format === 'date-time') return '2030-01-31T12:00:00Z'
  if (type === 'array') return [validFor(items as JsonSchema)]
  if (type === 'object') {
    const members = (properties ?? {}) as Record<string, JsonSchema>
    const names = (required ?? []) as readonly string[]
    return Object.fromEntries(names.map((name) => [name, validFor(members[name] ?? {})]))
  }
  if (type === 'integer' || type === 'number') return Math.max(1, Number(minimum ?? 1))
  return type === 'boolean' ? true : 'users'
}

/** Valid parameters, but for the value at one place; everything around it is there. */
function withValue(
  schema: JsonSchema,
  path: Path,
  value: unknown,
): Readonly<Record<string, unknown>> {
  return put(schema, path, value) as Readonly<Record<string, unknown>>
}

function put(schema: JsonSchema, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (typeof step === 'number') return [put(schema.items as JsonSchema, rest, value)]
  const member = ((schema.properties ?? {}) as Record<string, JsonSchema>)[step] ?? {}
  return { ...(validFor(schema) as object), [step]: put(member, rest, value) }
}

function textOf(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}
