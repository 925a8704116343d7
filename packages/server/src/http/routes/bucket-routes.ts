import { limits } from 'kvasir'
import { type BucketConfig, defaultBucketConfig } from 'kvasir/engine'
import { decodeCursor, encodeCursor, headerNames, parseJson } from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { jsonText, pageText } from '../json-response.ts'
import { hasBody, readJsonBody } from '../read-body.ts'
import { readQuery } from '../read-url.ts'
import { type AppContext, bucketOf, type Route } from '../route.ts'
import { invalidArgument, parseShape, queryInteger } from '../shape.ts'

const path = '/v1/buckets/:bucket'

/** Buckets as wholes. */
export const bucketRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/buckets', scopes: ['read'], handle: listBuckets },
  { method: 'GET', path, scopes: ['read'], handle: getBucket },
  { method: 'PUT', path, scopes: ['admin'], handle: createBucket },
  { method: 'PATCH', path, scopes: ['admin'], handle: updateBucket },
  { method: 'DELETE', path, scopes: ['admin'], handle: deleteBucket },
  { method: 'POST', path: `${path}/purge`, scopes: ['write'], handle: purgeBucket },
]

type Call = Parameters<Route['handle']>

const listQuery = z.strictObject({
  limit: queryInteger.default(limits.pageLengthDefault),
  cursor: z.string().optional(),
})

const emptyQuery = z.strictObject({})

const origin = z.strictObject({
  bucket: z.string(),
  filterSubject: z.string().exactOptional(),
  startRevision: z.number().exactOptional(),
  startTime: z.number().exactOptional(),
  transforms: z.array(z.strictObject({ source: z.string(), dest: z.string() })).exactOptional(),
})

// What each setting may be is checked in front of the engine, for all who create buckets.
const settingsSchema = z.strictObject({
  description: z.string().optional(),
  ttlMs: z.number().nullable().optional(),
  history: z.number().optional(),
  bytesMax: z.number().nullable().optional(),
  valueBytesMax: z.number().nullable().optional(),
  metadata: z
    .custom<BucketConfig['metadata']>((given) => given !== null, 'it takes an object')
    .optional(),
  mirror: origin.nullable().optional(),
  sources: z.array(origin).nullable().optional(),
  compression: z.boolean('it takes true or false').nullable().optional(),
  storage: z.enum(['file', 'memory'], 'it takes "file" or "memory"').nullable().optional(),
})

type Settings = z.infer<typeof settingsSchema>

async function listBuckets(...[context, { engine }]: Call): Promise<Response> {
  const { limit, cursor } = readQuery(context, listQuery)
  const position = cursor === undefined ? undefined : decodeCursor(cursor)
  const after = position && 'key' in position ? { after: position.key } : {}
  const { project } = context.get('caller')
  const { buckets, hasMore } = await engine.listBuckets(project, { limit, ...after })
  const last = buckets.at(-1)
  const next = hasMore && last ? encodeCursor({ key: last.name }) : undefined
  return pageText(
    context,
    buckets.map((bucket) => JSON.stringify(bucket)),
    next,
  )
}

async function getBucket(...[context, { engine }]: Call): Promise<Response> {
  readQuery(context, emptyQuery)
  return jsonText(context, JSON.stringify(await engine.getBucket(bucketOf(context))))
}

async function createBucket(...[context, { engine }]: Call): Promise<Response> {
  checkVerb(context)
  const settings = await readSettings(context, { mayBeAbsent: true })
  const config = withSettings(defaultBucketConfig, settings)
  const { created, info } = await engine.createBucket(bucketOf(context), config)
  return jsonText(context, JSON.stringify({ created, ...info }), created ? 201 : 200)
}

async function updateBucket(...[context, { engine }]: Call): Promise<Response> {
  checkVerb(context)
  const settings = await readSettings(context)
  const at = bucketOf(context)
  const { config } = await engine.getBucket(at)
  const info = await engine.updateBucket(at, withSettings(config, settings))
  return jsonText(context, JSON.stringify(info))
}

async function deleteBucket(...[context, { engine }]: Call): Promise<Response> {
  checkVerb(context)
  return jsonText(context, JSON.stringify(await engine.deleteBucket(bucketOf(context))))
}

async function purgeBucket(...[context, { engine }]: Call): Promise<Response> {
  checkVerb(context)
  return jsonText(context, JSON.stringify(await engine.purgeBucket(bucketOf(context))))
}

/** Refuses what these verbs would have to ignore. */
function checkVerb(context: AppContext): void {
  readQuery(context, emptyQuery)
  if (context.req.header(headerNames.idempotencyKey) === undefined) return
  throw invalidArgument(
    'Requests on buckets take no Idempotency-Key: they cannot be told from their repetition.',
  )
}

async function readSettings(
  context: AppContext,
  { mayBeAbsent = false }: { mayBeAbsent?: boolean } = {},
): Promise<Settings> {
  const { req } = context
  const isAbsent = req.header('content-type') === undefined && !hasBody(context)
  if (mayBeAbsent && isAbsent) return {}
  const settings = parseJson(await readJsonBody(context, bodyLimits.settings))
  return parseShape(settingsSchema, settings, 'The body')
}

function withSettings(config: BucketConfig, settings: Settings): BucketConfig {
  const { ttlMs, bytesMax, valueBytesMax } = { ...config, ...settings }
  const { mirror, sources, compression, storage } = { ...config, ...settings }
  return {
    description: settings.description ?? config.description,
    history: settings.history ?? config.history,
    metadata: settings.metadata ?? config.metadata,
    ...(typeof ttlMs === 'number' && { ttlMs }),
    ...(typeof bytesMax === 'number' && { bytesMax }),
    ...(typeof valueBytesMax === 'number' && { valueBytesMax }),
    ...(mirror && { mirror }),
    ...(sources && sources.length > 0 && { sources }),
    ...(compression && { compression }),
    ...(storage && { storage }),
  }
}
