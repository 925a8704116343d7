/** One route of the table as an operation of the document. */
import { limits } from 'kvasir'
import { functionNames } from 'kvasir/flows'
import { z } from 'zod'
import type { Route } from '../route.ts'
import type { AnswerDoc, Content, RouteDoc } from '../route-doc.ts'
import type { Answer, MediaType, Operation, Parameter, Reference } from './document.ts'
import type { FailureWriter } from './failures.ts'
import { answerHeaders } from './headers.ts'
import type { JsonSchema, SchemaWriter } from './wire-form.ts'

/** The name of the scheme by which requests carry their token. */
export const tokenScheme = 'token'

/** What the names of operations end with that are there a second time, with the key in the path. */
export const byPathSuffix = 'ByPath'

const pathShapes = {
  bucket: z
    .string()
    .min(1)
    .describe(
      'The name of the bucket: letters, digits, `_` and `-`. For keys and records it may be a companion, such as `default.locks`.',
    ),
  key: z
    .string()
    .min(1)
    .max(limits.keyBytesMax)
    .describe(`The key: 1 to ${limits.keyBytesMax} bytes of UTF-8, percent-encoded.`),
  name: z.enum(functionNames).describe('The name of the function.'),
  subject: z
    .string()
    .min(1)
    .max(limits.keyBytesMax)
    .describe(
      'Tokens with dots between them; `*` stands for any one, and `>` at the end for all that follow.',
    ),
} as const

/** `path` is as the route has it, or one of those that it stands for. */
export function toOperation(
  { route, path, doc }: { route: Route; path: string; doc: RouteDoc },
  { schemas, failures }: { schemas: SchemaWriter; failures: FailureWriter },
): Operation {
  const { operationId, tag, summary, description, body, answers } = doc
  const parameters = [
    ...pathParameters(path, schemas),
    ...queryParameters({ path, doc }, schemas),
    ...headerParameters(route, doc),
  ]
  const said = [description, scopesText(route)].filter((text) => text !== undefined)
  const isOpen = route.scopes.length === 0 && !route.anyToken
  return {
    operationId: path.includes(':key') ? operationId + byPathSuffix : operationId,
    tags: [tag],
    summary,
    ...(said.length > 0 && { description: said.join('\n\n') }),
    security: isOpen ? [] : [{ [tokenScheme]: route.scopes }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !body.isOptional,
        content: toContent(body.content, schemas, body.examples),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, toAnswer(answer, schemas)]),
      ),
      ...failures.write(route, doc),
    },
  }
}

function scopesText({ scopes, acrossProjects }: Route): string | undefined {
  if (scopes.length === 0) return undefined
  const names = scopes.map((scope) => `\`${scope}\``).join(' and ')
  const projects = acrossProjects ? ' Only a token for all projects will do.' : ''
  return `Needs the scope ${names}.${projects}`
}

function pathParameters(path: string, schemas: SchemaWriter): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const shape = pathShapes[name as keyof typeof pathShapes]
    return { name, in: 'path', required: true, ...describedSchema(shape, schemas) }
  })
}

function queryParameters(
  { path, doc }: { path: string; doc: RouteDoc },
  schemas: SchemaWriter,
): Parameter[] {
  const { query, repeatable, hasKey } = doc
  const key = hasKey && !path.includes(':key') ? { key: pathShapes.key } : {}
  const shapes = { ...key, ...query?.shape }
  const parameters = Object.entries(shapes).map(([name, shape]): Parameter => {
    const isRequired = !(shape as z.ZodType).safeParse(undefined).success
    const required = isRequired && { required: true }
    return { name, in: 'query', ...required, ...describedSchema(shape, schemas) }
  })
  if (!repeatable) return parameters
  const schema = { type: 'array', items: { type: 'string' } }
  return [...parameters, { ...repeatable, in: 'query', explode: true, schema }]
}

function headerParameters({ scopes, anyToken }: Route, { headers = [] }: RouteDoc): Reference[] {
  const isOfProject = scopes.length > 0 || anyToken
  const names = isOfProject ? ['Project', ...headers] : headers
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

/** The schema, with what it says of itself where a parameter or a header says it. */
export function describedSchema(
  shape: z.core.$ZodType,
  schemas: SchemaWriter,
): { description?: string; schema: JsonSchema } {
  const { description, ...schema } = schemas.write(shape)
  return typeof description === 'string' ? { description, schema } : { schema }
}

function toAnswer(
  { description, content, headers = [] }: AnswerDoc,
  schemas: SchemaWriter,
): Answer {
  const references = headers.map((name) => {
    return [answerHeaders[name].name, { $ref: `#/components/headers/${name}` }]
  })
  return {
    description,
    ...(references.length > 0 && { headers: Object.fromEntries(references) }),
    ...(content && { content: toContent(content, schemas) }),
  }
}

function toContent(
  content: Content,
  schemas: SchemaWriter,
  examples: readonly unknown[] = [],
): Record<string, MediaType> {
  const numbered = examples.map((value, index) => [`example${index + 1}`, { value }])
  const shown = numbered.length > 0 && { examples: Object.fromEntries(numbered) }
  return Object.fromEntries(
    Object.entries(content).map(([mediaType, shape]) => [
      mediaType,
      { schema: schemas.write(shape), ...shown },
    ]),
  )
}
