import { limits } from 'kvasir'
import type { Route } from '../route.ts'
import { type RouteDoc, tags } from '../route-doc.ts'
import type { Method, OpenApiDocument, Operation, Parameter, PathItem } from './document.ts'
import { createFailureWriter } from './failures.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import { describedSchema, tokenScheme, toOperation } from './operation.ts'
import { createSchemaWriter, type SchemaWriter } from './wire-form.ts'

/**
 * The OpenAPI 3.1 document of the routes. Everything in it is derived from the shapes that validate
 * requests, the error catalogue, and what the routes say of themselves.
 */
export function buildDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = createSchemaWriter()
  const failures = createFailureWriter(schemas)
  const paths = toPaths(routes, { schemas, failures })
  const parameters = toParameters(schemas)
  const headers = toHeaders(schemas)
  return {
    openapi: '3.1.1',
    info: {
      title: 'Kvasir',
      version,
      summary: 'A key-value store over HTTP.',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server that this document came from.' }],
    tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
    paths,
    components: {
      securitySchemes: { [tokenScheme]: { type: 'http', scheme: 'bearer', description: scopes } },
      parameters,
      headers,
      responses: sorted(failures.components),
      schemas: sorted(schemas.components),
    },
  }
}

/** A route with one of the paths that the document has for it. */
export interface DocumentedRoute {
  readonly route: Route
  /** As routes have it: `/v1/buckets/:bucket`. */
  readonly path: string
  readonly doc: RouteDoc
}

/** Every operation of the document: most routes are one, some stand for several. */
export function documentedRoutes(routes: readonly Route[]): DocumentedRoute[] {
  return routes.flatMap((route) => {
    const { doc, path } = route
    if (!('paths' in doc)) return [{ route, path, doc }]
    return Object.entries(doc.paths()).map(([each, eachDoc]) => ({
      route,
      path: each,
      doc: eachDoc,
    }))
  })
}

/** The path as OpenAPI writes it. */
export function toTemplate(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

const description = `Values, records and functions of a Kvasir store. Everything that a request may
carry is here; members and parameters that are not are refused. Answers may gain members within
version 1, so ignore those that you do not know.

Failures are \`application/problem+json\`, and \`code\` is what programs decide by. GET requests
answer HEAD, too, except for the watch. Times are epoch milliseconds, durations are text such as
\`90s\`, \`1.5h\` and \`7d\`, or milliseconds.

A value has at most ${limits.valueBytesMax / 1024 ** 2} MiB and ${limits.valueDepthMax} levels,
a key ${limits.keyBytesMax} bytes of UTF-8, a batch ${limits.batchLengthMax} operations.`

const scopes = `A token of the server, which knows its project and its scopes: \`read\` reads keys,
records and buckets; \`write\` changes keys and purges; \`admin\` creates, changes and deletes
buckets; \`shared\` extends the others to the store that all projects share. None includes another.`

function toPaths(
  routes: readonly Route[],
  writers: Parameters<typeof toOperation>[1],
): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {}
  for (const documented of documentedRoutes(routes)) {
    const template = toTemplate(documented.path)
    const method = documented.route.method.toLowerCase() as Method
    const operation = toOperation(documented, writers)
    const head = documented.doc.hasHead && { head: toHead(operation) }
    paths[template] = { ...paths[template], [method]: operation, ...head }
  }
  return paths
}

/** What HEAD answers where GET is the given operation. */
function toHead(get: Operation): Operation {
  const responses = Object.entries(get.responses).map(([status, answer]) => {
    if ('$ref' in answer) return [status, answer]
    const { content, ...rest } = answer
    return [status, rest]
  })
  return {
    ...get,
    operationId: get.operationId.replace('get', 'head'),
    summary: `${get.summary}: headers alone`,
    responses: Object.fromEntries(responses),
  }
}

function toParameters(schemas: SchemaWriter): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(requestHeaders).map(([key, { name, description, shape }]) => [
      key,
      { name, in: 'header', description, schema: describedSchema(shape, schemas).schema },
    ]),
  )
}

function toHeaders(schemas: SchemaWriter): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answerHeaders).map(([key, { description, shape }]) => [
      key,
      { description, schema: schemas.write(shape) },
    ]),
  )
}

function sorted<Component>(components: ReadonlyMap<string, Component>): Record<string, Component> {
  return Object.fromEntries([...components].sort(([left], [right]) => (left < right ? -1 : 1)))
}
