import { describeFunctions, type FunctionDescription, functionNames } from 'kvasir/flows'
import { z } from 'zod'
import { callMetadataShape } from '../openapi/answer-shapes.ts'
import { named, shownBySchema } from '../openapi/wire-form.ts'
import { jsonAnswer, jsonBody, type PathDocs, type RouteDoc } from '../route-doc.ts'

const schema = z.record(z.string(), z.unknown()).describe('A JSON Schema, 2020-12.')

const descriptionShape = named(
  'FunctionDescription',
  z.object({
    name: z.enum(functionNames),
    title: z.string(),
    description: z.string(),
    scope: z.enum(['read', 'write', 'admin']).describe('What the token needs.'),
    isDestructive: z.boolean().describe('Whether it can replace or remove what is there.'),
    isIdempotent: z.boolean().describe('Whether calling it again adds nothing.'),
    isCommit: z.boolean().describe('Whether it takes an `Idempotency-Key`.'),
    parameters: schema,
    result: schema,
    examples: z.array(z.record(z.string(), z.unknown())),
  }),
) satisfies z.ZodType<FunctionDescription>

export const listFunctionsDoc: RouteDoc = {
  operationId: 'listFunctions',
  tag: 'Functions',
  summary: 'Describes the functions',
  answers: {
    200: jsonAnswer('All of them.', z.object({ functions: z.array(descriptionShape) })),
  },
}

export const showFunctionDoc: RouteDoc = {
  operationId: 'getFunction',
  tag: 'Functions',
  summary: 'Describes one function',
  answers: { 200: jsonAnswer('The function.', descriptionShape) },
  errors: ['KV_FUNCTION_NOT_FOUND'],
}

/** Each function has a path of its own, with what it takes and answers. */
export const callDocs: PathDocs = {
  paths: () =>
    Object.fromEntries(
      describeFunctions().map((each) => [`/v1/functions/${each.name}`, callDoc(each)]),
    ),
}

function callDoc(described: FunctionDescription): RouteDoc {
  const { name, title, description, scope, isCommit, parameters, result, examples } = described
  const { required = [] } = parameters as { required?: readonly string[] }
  return {
    operationId: name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    tag: 'Functions',
    summary: title,
    description: `${description}\n\nNeeds the scope \`${scope}\`.`,
    headers: isCommit ? ['IdempotencyKey', 'Durability'] : [],
    body: {
      ...jsonBody(shownBySchema(parameters), ...examples),
      ...(required.length === 0 && { isOptional: true }),
    },
    answers: {
      200: jsonAnswer(
        'What the function answers.',
        z.object({
          status_code: z.literal(200),
          body: shownBySchema(result),
          metadata: callMetadataShape,
        }),
      ),
    },
    errors: [...failures[scope], 'KV_FUNCTION_NOT_FOUND', 'KV_BUCKET_NOT_FOUND'],
  }
}

const written = [
  'KV_INVALID_KEY',
  'KV_INVALID_VALUE',
  'KV_INVALID_TTL',
  'KV_CONFLICT',
  'KV_WRONG_TYPE',
  'KV_READ_ONLY',
  'KV_QUOTA_EXCEEDED',
  'KV_STORAGE_FULL',
  'KV_STORAGE_READ_ONLY',
] as const

const failures = {
  read: ['KV_INVALID_KEY', 'KV_KEY_NOT_FOUND', 'KV_INVALID_CURSOR'],
  write: written,
  admin: ['KV_BUCKET_EXISTS', 'KV_CONFLICT', 'KV_UNSUPPORTED', 'KV_STORAGE_FULL'],
} as const satisfies Record<FunctionDescription['scope'], RouteDoc['errors']>
