import { z } from 'zod'
import { type AnyFunction, allFunctions } from './all-functions.ts'
import type { FlowTraits } from './define-function.ts'
import { type FunctionName, functionNames } from './function-names.ts'

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A function as data, for documents and for programs that offer it to others. */
export interface FunctionDescription extends FlowTraits {
  readonly name: FunctionName
  /** What the parameters must be, as an object. */
  readonly parameters: JsonSchema
  /** What the body of a successful answer is. */
  readonly result: JsonSchema
  /** Parameters of typical calls. */
  readonly examples: readonly object[]
}

let described: readonly FunctionDescription[] | undefined

/** All functions, as data. */
export function describeFunctions(): readonly FunctionDescription[] {
  described ??= functionNames.map((name) => describeFunction(allFunctions[name]))
  return described
}

function describeFunction(known: AnyFunction): FunctionDescription {
  const { name, title, description, scope, isDestructive, isIdempotent, isCommit } = known
  return {
    name,
    title,
    description,
    scope,
    isDestructive,
    isIdempotent,
    isCommit,
    // What is checked by code instead of a rule says in its `meta` what a schema can say of it.
    parameters: toJsonSchema(known.parameters, 'input'),
    result: toJsonSchema(known.result, 'output'),
    examples: known.examples,
  }
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' })
}
