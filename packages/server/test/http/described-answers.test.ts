import { describe, expect, it } from 'vitest'
import { findUndescribed } from './described-api.ts'
import { type OpenedApp, openApp } from './open-app.ts'

const bucket = '/v1/buckets/default'
const json = { 'content-type': 'application/json' }

/** Sends requests one after another, and collects what the document does not say of the answers. */
function openRecorder({ request }: OpenedApp = openApp()) {
  const undescribed: string[] = []
  const statuses: number[] = []
  const call = async (target: string, body?: unknown, headers: HeadersInit = {}) => {
    const [method = '', path = ''] = target.split(/ (.*)/s)
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : json
    const response = await request(path, { method, ...sent, headers: { ...type, ...headers } })
    statuses.push(response.status)
    undescribed.push(...(await findUndescribed(target, response)))
  }
  return { call, undescribed, statuses }
}

describe('the answers of a server are those of its document:', () => {
  it('of keys', async () => {
    const { call, undescribed, statuses } = openRecorder()
    const [entry, text] = [`${bucket}/entry?key=ada`, { 'content-type': 'text/plain' }]

    await call(`PUT ${entry}&ttl=1h`, { age: 36 })
    await call(`PUT ${entry}`, { age: 37 })
    await call(`PATCH ${entry}`, { name: 'Ada' })
    await call(`GET ${entry}`)
    await call(`GET ${entry}&envelope=true`)
    await call(`GET ${entry}`, undefined, { 'if-none-match': '"3"' })
    await call(`HEAD ${entry}`)
    await call(`PUT ${entry}`, { age: 1 }, { 'if-match': '"1"' })
    await call(`PUT ${bucket}/keys/note`, 'hello', text)
    await call(`GET ${bucket}/keys/note`)
    await call(`DELETE ${entry}`)
    await call(`GET ${entry}`)

    expect(undescribed).toEqual([])
    expect(statuses).toEqual([201, 200, 200, 200, 200, 304, 200, 412, 201, 200, 200, 404])
  })

  it('of batches and reads', async () => {
    const { call, undescribed, statuses } = openRecorder()
    const sets = { '/tags': 'string' }

    await call('POST /v1/batch', {
      operations: [
        { op: 'put', key: 'ada', value: { tags: ['a'], jobs: [1, 2], n: 1 }, sets, ttl: '1h' },
        { op: 'increment', key: 'ada', fields: { n: 2 }, previous: true },
        { op: 'increment', key: 'visits' },
        { op: 'shift', key: 'ada', fields: { jobs: 1 } },
        { op: 'add', key: 'ada', type: 'string', fields: { tags: ['b'] } },
        { op: 'put', key: 'bytes', value: 'AAEC', encoding: 'base64' },
      ],
    })
    await call('POST /v1/read', {
      reads: [
        { key: 'ada' },
        { key: 'bytes' },
        { key: 'visits', ttl: true },
        { key: 'nobody' },
        { key: 'ada', fields: ['tags'] },
        { key: 'ada', peek: { jobs: 1 } },
        { key: 'ada', has: { tags: ['a'] }, type: 'string' },
      ],
    })
    await call('POST /v1/batch', { operations: [{ op: 'put', key: 'a', value: 1, ifRevision: 9 }] })

    expect(undescribed).toEqual([])
    expect(statuses).toEqual([200, 200, 409])
  })

  it('of records and their fields', async () => {
    const { call, undescribed, statuses } = openRecorder()
    const record = `${bucket}/record?key=ada`
    const post = (operation: string, body: object) =>
      call(`POST ${bucket}/records/ada/${operation}`, body)

    await call(`GET ${record}`)
    await call(`GET ${record}&envelope=true`)
    await call(`PUT ${record}`, { name: 'Ada' })
    await call(`PATCH ${record}&unset=name`, { age: 36 })
    await call(`PATCH ${record}&envelope=true`, { age: 37 })
    await post('increment', { fields: { age: 1 } })
    await post('append', { fields: { jobs: ['mail'] } })
    await post('unshift', { fields: { jobs: ['post'] } })
    await post('peek', { fields: { jobs: 1 } })
    await post('shift', { fields: { jobs: 1 } })
    await post('add', { type: 'number', fields: { seen: [1, 2] } })
    await post('has', { type: 'number', fields: { seen: [1] } })
    await post('remove', { type: 'number', fields: { seen: [1] } })
    await call(`GET ${record}&envelope=true`)
    await call(`GET ${bucket}/record/exists?key=ada`)
    await post('increment', { fields: { jobs: 1 } })
    await call(`DELETE ${record}`)

    expect(undescribed).toEqual([])
    expect(statuses.filter((status) => status !== 200)).toEqual([201, 422])
  })

  it('of listings, histories and watches', async () => {
    const { call, undescribed, statuses } = openRecorder()
    await call(`PUT ${bucket}/keys/ada`, { age: 36 })
    await call(`PUT ${bucket}/keys/bob`, { age: 63 })

    await call(`GET ${bucket}/keys?limit=1`)
    await call(`GET ${bucket}/keys?values=true&order=revision`)
    await call(`DELETE ${bucket}/keys/ada`)
    await call(`GET ${bucket}/history?key=ada`)
    await call(`GET ${bucket}/watch`)
    await call(`GET ${bucket}/watch?since=x`)

    expect(undescribed).toEqual([])
    expect(statuses).toEqual([201, 201, 200, 200, 200, 200, 200, 400])
  })

  it('of buckets and projects', async () => {
    const { call, undescribed, statuses } = openRecorder()
    const settings = { ttlMs: 60_000, history: 3, bytesMax: 1000, metadata: { team: 'a' } }
    const root = { authorization: 'Bearer root' }

    await call('PUT /v1/buckets/orders', settings)
    await call('PUT /v1/buckets/orders', settings)
    await call('PUT /v1/buckets/orders', { history: 4 })
    await call('PATCH /v1/buckets/orders', { ttlMs: null, compression: true })
    await call('GET /v1/buckets/orders')
    await call('GET /v1/buckets?limit=1')
    await call('PUT /v1/buckets/copy', { mirror: { bucket: 'orders' } })
    await call('POST /v1/buckets/orders/purge')
    await call('DELETE /v1/buckets/orders')
    await call('DELETE /v1/buckets/copy')
    await call('DELETE /v1/buckets/orders')
    await call('GET /v1/buckets/orders')
    await call('GET /v1/project')
    await call('GET /v1/projects', undefined, root)
    await call('GET /v1/projects')

    expect(undescribed).toEqual([])
    expect(statuses).toEqual([
      201, 200, 409, 200, 200, 200, 201, 200, 409, 200, 200, 404, 200, 200, 403,
    ])
  })

  it('of functions and agents', async () => {
    const { call, undescribed, statuses } = openRecorder()
    const at = { bucket: 'default', key: 'ada' }
    const accept = { accept: 'application/json, text/event-stream' }

    await call('GET /v1/functions')
    await call('GET /v1/functions/kv-key-put')
    await call('POST /v1/functions/kv-key-put', { ...at, value: { age: 36 } })
    await call('POST /v1/functions/kv-key-get', { ...at, json: true })
    await call('POST /v1/functions/kv-key-list', { bucket: 'default' })
    await call('POST /v1/functions/kv-bucket-list')
    await call('POST /v1/functions/kv-key-put', { bucket: 'default' })
    await call('POST /v1/functions/kv-key-get', { ...at, key: 'nobody' })
    await call('GET /v1/functions/kv-nothing')
    await call('POST /mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' }, accept)

    expect(undescribed).toEqual([])
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 400, 404, 404, 200])
  })

  it('of health and the document itself', async () => {
    const { call, undescribed } = openRecorder()

    await call('GET /livez')
    await call('GET /readyz')
    await call('GET /openapi.json')
    await call('GET /docs')

    expect(undescribed).toEqual([])
  })

  it('of a server that shuts down, and of requests without a token', async () => {
    const { call, undescribed, statuses } = openRecorder(openApp({ isDraining: () => true }))
    const nobody = { authorization: 'Bearer nobody' }

    await call('GET /readyz')
    await call(`GET ${bucket}/entry?key=ada`, undefined, nobody)
    await call('POST /v1/functions/kv-key-put', {}, nobody)

    expect(undescribed).toEqual([])
    expect(statuses).toEqual([503, 401, 401])
  })
})

describe('the comparison of answers with the document', () => {
  const answer = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: json })

  it.each([
    ['a member that is not described', 'GET /livez', answer({ status: 'ok', load: 1 })],
    ['a member that is missing', 'GET /v1/project', answer({})],
    ['a status that is not described', 'GET /livez', answer({ status: 'ok' }, 418)],
    ['another media type', 'GET /livez', new Response('ok')],
    ['a path that is not described', 'GET /v1/nowhere', answer({})],
  ])('finds %s', async (_, target, response) => {
    expect(await findUndescribed(target, response)).toHaveLength(1)
  })
})
