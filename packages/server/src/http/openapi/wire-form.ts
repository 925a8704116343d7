/**
 * What shapes look like to clients. Most look as they are; some validate text where a client means
 * a number, or JSON that is cut out of a document and kept as text.
 */
import { z } from 'zod'

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

type Shape = z.core.$ZodType

type WireForm = { readonly shape: Shape } | { readonly schema: JsonSchema }

const forms = new WeakMap<object, WireForm>()
const names = new WeakMap<object, string>()

/** The shape, which the document shows as the other one. */
export function sentAs<Sent extends Shape>(shape: Sent, shown: Shape): Sent {
  forms.set(shape, { shape: shown })
  return shape
}

/** A shape for the document alone, of which there is a JSON Schema already. */
export function shownBySchema({ $schema, ...schema }: JsonSchema): z.ZodType {
  const shape = z.unknown()
  forms.set(shape, { schema })
  return shape
}

/** The shape, which the document has once, under the name. It is named last, after `describe`. */
export function named<Named extends Shape>(name: string, shape: Named): Named {
  names.set(shape, name)
  return shape
}

export interface SchemaWriter {
  /** The JSON Schema of what a client sends or is sent; a reference where the shape has a name. */
  write(shape: Shape): JsonSchema
  /** What the references refer to, by name. */
  readonly components: ReadonlyMap<string, JsonSchema>
}

export function createSchemaWriter(): SchemaWriter {
  const components = new Map<string, JsonSchema>()

  const write = (shape: Shape): JsonSchema => {
    const name = find(names, shape)
    if (name === undefined) return convert(shape)
    if (!components.has(name)) {
      // Entered before it is written, for shapes that contain themselves.
      components.set(name, {})
      components.set(name, convert(shape))
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  const formOf = (shape: Shape): JsonSchema | undefined => {
    const form = find(forms, shape)
    if (!form) return undefined
    return 'schema' in form ? form.schema : write(form.shape)
  }

  const convert = (root: Shape): JsonSchema => {
    const { $schema, ...schema } = z.toJSONSchema(root, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema: shape, jsonSchema }) => {
        const isNamed = shape !== root && find(names, shape) !== undefined
        const shown = isNamed ? write(shape) : formOf(shape)
        if (shown) replace(jsonSchema, shown)
        else tidy(jsonSchema)
        // Left out by the converter where the default is of what the text is turned into.
        if (shape instanceof z.ZodDefault) jsonSchema.default = shape.def.defaultValue as never
      },
    })
    return schema
  }

  return { write, components }
}

/** Takes away what follows from JSON itself: that numbers are safe, and names are strings. */
function tidy(schema: Record<string, unknown>): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  delete schema.propertyNames
}

/** What is said of a shape, or of the one that it was made of by `describe`. */
function find<Said>(said: WeakMap<object, Said>, shape: Shape): Said | undefined {
  let current: Shape | undefined = shape
  while (current && !said.has(current)) current = current._zod.parent
  return current && said.get(current)
}

/** Makes the schema the one that is shown. What was said of it stays, unless it is a reference. */
function replace(schema: Record<string, unknown>, shown: JsonSchema): void {
  const { description } = schema
  for (const name of Object.keys(schema)) delete schema[name]
  Object.assign(schema, shown)
  if (description !== undefined && !('$ref' in shown)) schema.description = description
}
