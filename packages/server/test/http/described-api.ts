import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { buildDocument } from '../../src/http/openapi/build-document.ts'
import type { Operation } from '../../src/http/openapi/document.ts'
import { allRoutes } from '../../src/http/routes/all-routes.ts'

/** The document of the API, as servers of any version have it. */
export const document = buildDocument(allRoutes, '1.2.3')

/** An operation of the document, with its target such as `GET /v1/buckets/{bucket}`. */
export interface DescribedOperation {
  readonly target: string
  readonly method: string
  readonly template: string
  readonly operation: Operation
}

export const operations: readonly DescribedOperation[] = Object.entries(document.paths).flatMap(
  ([template, item]) =>
    Object.entries(item).map(([name, operation]) => {
      const method = name.toUpperCase()
      return { target: `${method} ${template}`, method, template, operation }
    }),
)

// In answers, members that the document does not know are an offence here, as they are not to
// clients: a server that says more than its document does has an incomplete document.
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(closed(document) as object, 'api')

/** What is wrong with an answer, by the document; nothing for a described one. */
export async function findUndescribed(target: string, response: Response): Promise<string[]> {
  const [method = '', url = ''] = target.split(/ (.*)/s)
  // That each GET answers HEAD, the document says of all of them together.
  const found = findOperation(method, url) ?? (method === 'HEAD' && findOperation('GET', url))
  if (!found) return [`${target} is not described`]
  const operation = [found.template, found.method.toLowerCase()]
  const path = ['paths', ...operation, 'responses', String(response.status)]
  const answer = at(path) as { content?: Record<string, unknown>; $ref?: string } | undefined
  if (!answer) return [`${found.target} has no answer ${response.status}`]
  const place = answer.$ref?.split('/').slice(1) ?? path
  const { content = {} } = at(place) as typeof answer
  if (method === 'HEAD') return []
  const [mediaType = ''] = (response.headers.get('content-type') ?? '').split(';')
  if (Object.keys(content).length === 0 && mediaType === '') return []
  if (!(mediaType in content)) return [`${found.target} has no answer of ${mediaType}`]
  if (!mediaType.endsWith('json')) return []
  const validate = validatorOf([...place, 'content', mediaType, 'schema'])
  if (validate(await response.clone().json())) return []
  return [`${found.target} ${response.status}: ${ajv.errorsText(validate.errors)}`]
}

/** The operation that a URL belongs to: the one with the fewest placeholders. */
function findOperation(method: string, url: string): DescribedOperation | undefined {
  const [path = ''] = url.split('?')
  return operations
    .filter((each) => each.method === method && patternOf(each.template).test(path))
    .sort((left, right) => placeholders(left.template) - placeholders(right.template))[0]
}

const validators = new Map<string, ValidateFunction>()

function validatorOf(path: readonly string[]): ValidateFunction {
  const steps = path.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'))
  const $ref = `api#/${steps.map(encodeURIComponent).join('/')}`
  const validate = validators.get($ref) ?? ajv.compile({ $ref })
  validators.set($ref, validate)
  return validate
}

function at(path: readonly string[]): unknown {
  let found: unknown = document
  for (const step of path) found = (found as Record<string, unknown> | undefined)?.[step]
  return found
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
}

function placeholders(template: string): number {
  return template.split('{').length
}

/** The schemas, in which objects have the members that they name and no others. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed)
  if (typeof part !== 'object' || part === null) return part
  const members = Object.entries(part).map(([name, value]) => [name, closed(value)])
  const isObject = 'properties' in part && 'type' in part && part.type === 'object'
  const isOpen = isObject && !('additionalProperties' in part)
  return { ...Object.fromEntries(members), ...(isOpen && { additionalProperties: false }) }
}
