/** Values by a JSON Schema of the API's document: valid ones, and such that went wrong somewhere. */
import { document } from '../http/described-api.ts'
import { hostileString, hostileValue } from './hostile-values.ts'
import type { Seeded } from './seeded.ts'

export type Schema = Readonly<Record<string, unknown>> | boolean

const depthMax = 6

export interface SampleOptions {
  readonly seed: Seeded
  /** One in so many values is replaced by a hostile one; 0: none. */
  readonly hostileOneIn: number
}

export function sample(schema: Schema, options: SampleOptions, depth = 0): unknown {
  const { seed, hostileOneIn } = options
  if (hostileOneIn > 0 && depth > 0 && seed.below(hostileOneIn) === 0) return hostileValue(seed)
  if (typeof schema === 'boolean' || depth > depthMax) return seed.pick([1, 'text', null, {}])
  const alternatives = schema.oneOf ?? schema.anyOf ?? schema.allOf
  if (typeof schema.$ref === 'string') return sample(resolve(schema.$ref), options, depth)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return seed.pick(schema.enum)
  if (Array.isArray(alternatives)) return sample(seed.pick(alternatives), options, depth + 1)
  if (schema.type === 'object' || 'properties' in schema)
    return sampleObject(schema, options, depth)
  if (schema.type === 'array') {
    const items = (schema.items ?? true) as Schema
    return Array.from({ length: seed.below(3) }, () => sample(items, options, depth + 1))
  }
  return samplePrimitive(schema, seed)
}

function sampleObject(schema: Exclude<Schema, boolean>, options: SampleOptions, depth: number) {
  const { seed, hostileOneIn } = options
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
  const required = new Set((schema.required ?? []) as string[])
  const chosen = properties.filter(([name]) => required.has(name) || seed.below(3) === 0)
  const members = chosen.map(([name, each]) => [name, sample(each, options, depth + 1)])
  const isHostile = hostileOneIn > 0 && seed.below(hostileOneIn) === 0
  if (isHostile && members.length > 0 && seed.below(2) === 0) members.pop()
  else if (isHostile) members.push([hostileString(seed), hostileValue(seed)])
  const more = schema.additionalProperties
  const isMap = typeof more === 'object' && more !== null
  if (isMap) members.push(['field', sample(more as Schema, options, depth + 1)])
  return Object.fromEntries(members)
}

function samplePrimitive({ type, minimum, maximum }: Exclude<Schema, boolean>, seed: Seeded) {
  if (type === 'integer' || type === 'number') {
    const least = typeof minimum === 'number' && minimum > -1e6 ? minimum : 0
    const most = typeof maximum === 'number' && maximum < 1e6 ? maximum : least + 100
    return least + seed.below(most - least + 1)
  }
  if (type === 'boolean') return seed.below(2) === 0
  if (type === 'null') return null
  if (type === 'string') return seed.pick(['key', 'default', 'orders', 'a', '1h', '7', 'text'])
  return seed.pick([1, 'text', null, [1], { field: 1 }])
}

function resolve(reference: string): Schema {
  const steps = reference.split('/').slice(1)
  return steps.reduce(
    (part, step) => (part as Record<string, unknown>)[step],
    document as unknown,
  ) as Schema
}

/** What a reference stands for, or the thing itself. */
export function resolved<Part extends object>(part: Part): Part {
  return '$ref' in part ? (resolve(String(part.$ref)) as unknown as Part) : part
}
