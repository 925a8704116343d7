/** Requests that are made to do harm, from the API's document. */
import type { DescribedOperation } from '../http/described-api.ts'
import { hostileString, toBodyText } from './hostile-values.ts'
import { resolved, type Schema, sample } from './schema-sampler.ts'
import type { Seeded } from './seeded.ts'

export interface HostileRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

/** Where a hostile string is put: a parameter, or somewhere in the body. */
export type Place = string

export function placesOf({ operation }: DescribedOperation): Place[] {
  const names = parametersOf(operation).map(({ name }) => name)
  return 'requestBody' in operation ? [...names, 'body'] : names
}

/** A request that is well-formed but for one place, which holds the string. */
export function withString(
  described: DescribedOperation,
  { place, text }: { place: Place; text: string },
  seed: Seeded,
): HostileRequest {
  const valid = { seed, hostileOneIn: 0 }
  const values = new Map(
    parametersOf(described.operation)
      .filter(({ name, required }) => required || name === place)
      .map((parameter) => [
        parameter,
        parameter.name === place ? text : paramText(parameter, valid),
      ]),
  )
  const body = sampleBody(described, valid)
  const hasBodyPlace = place === 'body' && body !== undefined
  return toRequest(described, values, hasBodyPlace ? putString(body, text, seed) : body)
}

/** A request that may be wrong anywhere. */
export function fuzzed(described: DescribedOperation, seed: Seeded): HostileRequest {
  const options = { seed, hostileOneIn: seed.pick([0, 4, 12]) }
  const values = new Map(
    parametersOf(described.operation)
      .filter(({ required }) => required || seed.below(4) === 0)
      .map((parameter) => {
        const isHostile = options.hostileOneIn > 0 && seed.below(options.hostileOneIn) === 0
        return [parameter, isHostile ? hostileString(seed) : paramText(parameter, options)]
      }),
  )
  return toRequest(described, values, sampleBody(described, options))
}

/** A request with exactly this body. */
export function withBody(
  described: DescribedOperation,
  body: string | Uint8Array,
  seed: Seeded,
): HostileRequest {
  const valid = { seed, hostileOneIn: 0 }
  const values = new Map(
    parametersOf(described.operation)
      .filter(({ required }) => required)
      .map((parameter) => [parameter, paramText(parameter, valid)]),
  )
  const request = toRequest(described, values, {})
  return { ...request, body }
}

function parametersOf(operation: DescribedOperation['operation']): Parameter[] {
  const given = (operation.parameters ?? []) as unknown as Parameter[]
  // The project is the tests' own, by which they tell whether anything has changed.
  return given.map(resolved).filter(({ name }) => name !== 'Kvasir-Project')
}

function paramText({ schema }: Parameter, options: Parameters<typeof sample>[1]): string {
  const value = sample(schema, options)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The value of a body; `undefined`: the operation has none. */
function sampleBody({ operation }: DescribedOperation, options: Parameters<typeof sample>[1]) {
  const content = (operation as { requestBody?: { content: Record<string, { schema: Schema }> } })
    .requestBody?.content
  const schema = content?.['application/json']?.schema
  return schema === undefined ? undefined : sample(schema, options)
}

function toRequest(
  { method, template }: DescribedOperation,
  values: ReadonlyMap<Parameter, string>,
  body: unknown,
): HostileRequest {
  const query: string[] = []
  const headers: Record<string, string> = {}
  let path = template
  for (const [parameter, text] of values) {
    const encoded = encodeURIComponent(text.toWellFormed())
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, () => encoded)
    if (parameter.in === 'query') query.push(`${parameter.name}=${encoded}`)
    if (parameter.in === 'header') headers[parameter.name.toLowerCase()] = toHeaderText(text)
  }
  return {
    method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: toBodyText(body) }),
  }
}

/** What a header can carry of a text: its bytes, without those that Node refuses to send. */
function toHeaderText(text: string): string {
  const latin = Buffer.from(text.slice(0, 2000)).toString('latin1')
  return [...latin].filter((unit) => unit === '\t' || (unit >= ' ' && unit !== '\x7f')).join('')
}

/** The value with the string in one place of it: as a value, or as a name. */
function putString(value: unknown, text: string, seed: Seeded): unknown {
  if (typeof value !== 'object' || value === null) return text
  if (Array.isArray(value)) {
    if (value.length === 0) return [text]
    const at = seed.below(value.length)
    return value.map((each, index) => (index === at ? putString(each, text, seed) : each))
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || seed.below(8) === 0) {
    return Object.fromEntries([...entries, [text, 1]])
  }
  const at = seed.below(entries.length)
  return Object.fromEntries(
    entries.map(([name, each], index) => [name, index === at ? putString(each, text, seed) : each]),
  )
}
