/** Every route with every method and every kind of token, and what is wrong with the answers. */
import { describeFunctions } from 'kvasir/flows'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { type OpenedApp, tokens } from '../http/open-app.ts'
import { bodies, queryFor } from '../http/route-examples.ts'

type Route = (typeof allRoutes)[number]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const canary = 'SECRET-4711'

/** The six kinds of token; the one of another project is for what is its own. */
const kinds = {
  none: {},
  garbage: { authorization: `Bearer kv_${'x'.repeat(43)}` },
  revoked: { authorization: 'Bearer shopWrite' },
  readOnly: { authorization: 'Bearer shopRead' },
  other: { authorization: 'Bearer other' },
  admin: { authorization: 'Bearer root', 'kvasir-project': 'shop' },
} as const

type Kind = keyof typeof kinds

const calls = describeFunctions().map(({ name, scope, examples }) => {
  const [{ parameters = {} } = {}] = examples as readonly { parameters?: object }[]
  return { name, scope, body: JSON.stringify(parameters) }
})

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: string
  /** The scopes that the token needs; none of its own: any token will do. */
  readonly route: Route | undefined
  readonly scopes: readonly string[]
}

/** Opens the application, in which the project `shop` has data or has none. */
export type OpenWorld = () => OpenedApp

const allPaths: readonly string[] = [...new Set(allRoutes.map((route) => route.path))]

/** @returns a sentence for everything that is not as the table of routes says. */
export async function matrixOffences(open: OpenWorld, paths = allPaths): Promise<string[]> {
  const offences = missingRoutes(open())
  for (const path of paths) {
    for (const method of methods) {
      for (const request of requestsOf(path, method)) {
        for (const kind of Object.keys(kinds) as Kind[]) {
          offences.push(...(await offencesOf(open, request, kind)))
        }
      }
    }
  }
  return offences
}

/** How many combinations the matrix has. */
export function matrixSize(): number {
  const requests = allPaths.flatMap((path) => methods.flatMap((method) => requestsOf(path, method)))
  return requests.length * Object.keys(kinds).length
}

/** What the router answers besides the routes of the table. */
function missingRoutes({ app }: OpenedApp): string[] {
  const known = new Set(allRoutes.map(({ method, path }) => `${method} ${path}`))
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && !known.has(`${method} ${path}`))
    .map(({ method, path }) => `${method} ${path} is missing from the matrix`)
}

function requestsOf(path: string, method: string): Request[] {
  const route = allRoutes.find((each) => each.path === path && each.method === asGet(method))
  const target = `${method} ${path}`
  const url = `${path.replace(':bucket', 'orders').replace(':key', 'secret')}${queryFor(path)}`
  const scopes = route?.scopes ?? []
  if (route?.method === 'POST' && path === '/v1/functions/:name') {
    return calls.map(({ name, scope, body }) => {
      return { method, path: path.replace(':name', name), body, route, scopes: [scope] }
    })
  }
  const body = bodies[target]
  const named = url.replace(':name', 'kv-key-get').replace(':subject', 'orders')
  return [{ method, path: named, route, scopes, ...(body !== undefined && { body }) }]
}

async function offencesOf(open: OpenWorld, request: Request, kind: Kind): Promise<string[]> {
  const answer = await send(await withData(open()), request, kind)
  const name = `${request.method} ${request.path} with the token "${kind}"`
  const offences: string[] = []
  const expected = expectedStatus(request, kind)
  if (!expected.some((status) => status === answer.status)) {
    offences.push(`${name} is ${answer.status} instead of ${expected.join(' or ')}`)
  }
  if (kind !== 'admin' && kind !== 'readOnly' && answer.text.includes(canary)) {
    offences.push(`${name} shows what is of another project`)
  }
  if (kind === 'other') {
    const empty = await send(open(), request, kind)
    if (answer.text !== empty.text) {
      offences.push(
        `${name} tells whether the other project has data:\n${answer.text}\n${empty.text}`,
      )
    }
  }
  return offences
}

const refusedMethod = [405]
const success = [200, 201, 202]
const ownEmptyProject = [...success, 404]

function expectedStatus({ method, path, route, scopes }: Request, kind: Kind): readonly number[] {
  const isStream = path.includes('/watch') || path.includes('/subjects/')
  if (!route) return refusedMethod
  const isOpen = route.scopes.length === 0 && !route.anyToken
  if (!isOpen && (kind === 'none' || kind === 'garbage' || kind === 'revoked')) return [401]
  if (!isOpen && !allows(kind, route, scopes)) return [403]
  if (method === 'HEAD' && isStream) return refusedMethod
  // A call for agents is refused by the transport, as it is no message of theirs; see mcp.test.ts.
  if (path === '/mcp') return [400, 415]
  if (path.startsWith('/v1/functions/')) return [...ownEmptyProject, 400, 409, 422]
  return kind === 'other' ? ownEmptyProject : success
}

function allows(kind: Kind, route: Route, needed: readonly string[]): boolean {
  const grants = { readOnly: tokens.shopRead, other: tokens.other, admin: tokens.root }
  const { project, scopes } = grants[kind as keyof typeof grants]
  const has: readonly string[] = scopes
  return needed.every((scope) => has.includes(scope)) && (!route.acrossProjects || project === '*')
}

async function withData(opened: OpenedApp): Promise<OpenedApp> {
  await opened.send('PUT /v1/buckets/orders', {})
  await opened.send('PUT /v1/buckets/orders/keys/secret', { canary })
  await opened.send('PUT /v1/buckets/default/keys/secret', { canary })
  return opened
}

/** The answer, as text without what differs between any two of them. */
async function send(opened: OpenedApp, { method, path, body }: Request, kind: Kind) {
  opened.revoke('shopWrite')
  const response = await opened.app.request(path, {
    method,
    headers: { 'content-type': 'application/json', ...kinds[kind] },
    ...(body !== undefined && { body }),
  })
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const content = isStream ? '' : await response.text()
  if (isStream) await response.body?.cancel()
  const passing = new Set(['x-request-id', 'date'])
  const headers = [...response.headers].filter(([name]) => !passing.has(name))
  const text = `${response.status} ${JSON.stringify(headers)} ${content}`
  return { status: response.status, text: withoutTimes(text) }
}

function withoutTimes(text: string): string {
  return text
    .replaceAll(/\b1\d{12}\b/g, 'time')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/"duration":"[^"]*"/g, '"duration"')
}

function asGet(method: string): string {
  return method === 'HEAD' ? 'GET' : method
}
