/** Reads the parameters of a function as a command line gives them. */
import type { JsonSchema } from 'kvasir/flows'
import type { Io } from './io.ts'
import type { Output } from './output.ts'
import { readRecord } from './read-record.ts'

export interface GivenParameters {
  /** `name=text` and `name:=json`, or one JSON object, or `-` for standard input. */
  readonly parameters: readonly string[]
  readonly file: string | undefined
  /** What the function takes: `limit=10` is a number because of it. */
  readonly schema: JsonSchema | undefined
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_VALUE`, `KV_TOO_LARGE` */
export async function readParameters(
  { parameters, file, schema }: GivenParameters,
  io: Io,
  out: Output,
): Promise<unknown> {
  if (parameters.length === 0 && file === undefined) return {}
  const isStdin = parameters.length === 1 && parameters[0] === '-'
  const fields = isStdin ? [] : parameters
  const given = await readRecord({ fields, file }, io, out)
  const isNamed = fields.length > 0 && !fields[0]?.startsWith('{')
  return isNamed ? typed(given, schema) : given
}

/** Texts are read as JSON where the function takes something else. */
function typed(given: object, schema: JsonSchema | undefined): object {
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const pairs = Object.entries(given).map(([name, value]) => {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined
    const isText = type === undefined || type === 'string' || typeof value !== 'string'
    return [name, isText ? value : fromJson(value)]
  })
  return Object.fromEntries(pairs)
}

/** What is no JSON stays as it is: the function says better what it takes. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
