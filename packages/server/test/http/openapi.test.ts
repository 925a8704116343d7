import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentedRoutes, toTemplate } from '../../src/http/openapi/build-document.ts'
import type { MediaType, Parameter } from '../../src/http/openapi/document.ts'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { type DescribedOperation, document, operations } from './described-api.ts'
import { openApp } from './open-app.ts'

const open = ['/livez', '/readyz', '/openapi.json', '/docs']
const closed = operations.filter(({ template }) => !open.includes(template))

/** A URL of the operation, with a value for everything that it must have. */
function urlOf({ template, operation }: DescribedOperation, query: Record<string, string>): string {
  const names: Record<string, string> = {
    bucket: 'default',
    key: 'a',
    name: 'kv-key-get',
    subject: 'changes',
  }
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '')
  const required = queryOf(operation).filter((each) => each.required)
  const values = required.map(({ name, schema }) => [name, sampleOf(schema)])
  return `${path}?${new URLSearchParams({ ...Object.fromEntries(values), ...query })}`
}

function queryOf({ parameters = [] }: DescribedOperation['operation']): Parameter[] {
  return parameters.flatMap((each) => ('in' in each && each.in === 'query' ? [each] : []))
}

function sampleOf({ type, enum: choices }: Parameter['schema']): string {
  const samples: Record<string, string> = { integer: '1', boolean: 'true', string: 'a' }
  return Array.isArray(choices) ? String(choices[0]) : (samples[String(type)] ?? 'a')
}

function jsonBodyOf({ operation }: DescribedOperation): MediaType | undefined {
  return operation.requestBody?.content['application/json']
}

describe('GET /openapi.json', () => {
  it('answers everybody, with the version of the server', async () => {
    const { app } = openApp()

    const response = await app.request('/openapi.json')

    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(text) as { version: string }
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ ...document, info: { ...document.info, version } })
  })
})

describe('the document', () => {
  it('has every route, and nothing that is none', () => {
    const routed = documentedRoutes(allRoutes).map(
      ({ route, path }) => `${route.method} ${toTemplate(path)}`,
    )
    const told = operations.map(({ target }) => target).filter((each) => !each.startsWith('HEAD '))

    expect(told.length).toBeGreaterThan(60)
    expect(told.sort()).toEqual(routed.sort())
  })

  it('says of every operation which scopes its token needs', () => {
    const told = documentedRoutes(allRoutes).map(({ route, path }) => {
      const operation = document.paths[toTemplate(path)]?.[route.method.toLowerCase() as 'get']
      return { scopes: operation?.security[0]?.token ?? [], needed: route.scopes }
    })

    expect(told.filter(({ scopes, needed }) => String(scopes) !== String(needed))).toEqual([])
  })

  it('has HEAD where it tells something that clients need', () => {
    const heads = operations.filter(({ method }) => method === 'HEAD')

    expect(heads.map(({ operation }) => operation.operationId).sort()).toEqual([
      'headEntry',
      'headEntryByPath',
      'headRecord',
      'headRecordByPath',
    ])
  })
})

describe('what the document says of requests', () => {
  const parameters = closed.flatMap((described) =>
    queryOf(described.operation).map(({ name, schema }) => ({
      ...described,
      name,
      url: urlOf(described, { [name]: sampleOf(schema) }),
    })),
  )

  it.each(parameters)('$target takes the parameter $name', async ({ method, url }) => {
    const { app } = openApp()
    const headers = { authorization: 'Bearer root' }

    // A server that shuts down ends watches at once.
    const response = await app.request(url, { method, headers }, { draining: AbortSignal.abort() })

    expect(await response.text()).not.toContain('is not known here')
  })

  it.each(closed)('$target takes no parameter but those', async (described) => {
    const { request } = openApp()

    const response = await request(urlOf(described, { unheard: 'of' }), {
      method: described.method,
      headers: { authorization: 'Bearer root' },
    })

    expect(response.status).toBe(400)
  })

  const bodies = closed.filter((described) => jsonBodyOf(described)?.examples)

  // The Model Context Protocol asks clients to name both forms.
  const acceptAll = 'application/json, text/event-stream'

  it.each(bodies)('$target takes the bodies that are its examples', async (described) => {
    const { send } = openApp()
    const { examples = {} } = jsonBodyOf(described) ?? {}

    const statuses: number[] = []
    for (const { value } of Object.values(examples)) {
      const target = `${described.method} ${urlOf(described, {})}`
      const { status } = await send(target, value, { accept: acceptAll })
      statuses.push(status)
    }

    expect(statuses.filter((status) => [400, 415, 500].includes(status))).toEqual([])
  })

  const closedBodies = bodies.filter((described) => {
    const { $ref, additionalProperties } = jsonBodyOf(described)?.schema ?? {}
    return additionalProperties === false || String($ref).endsWith('BucketSettings')
  })

  it.each(closedBodies)('$target takes no member but those', async (described) => {
    const { send } = openApp()
    const [{ value } = { value: {} }] = Object.values(jsonBodyOf(described)?.examples ?? {})

    const body = { ...(value as object), unheard: 'of' }
    const response = await send(`${described.method} ${urlOf(described, {})}`, body)

    expect(response.status).toBe(400)
    expect(await response.text()).toContain('unheard')
  })
})
