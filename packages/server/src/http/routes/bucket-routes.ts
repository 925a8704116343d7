import { type BucketChanges, type BucketConfig, defaultBucketConfig } from 'kvasir/engine'
import { decodeCursor, encodeCursor, headerNames, parseJson } from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { jsonText, pageText } from '../json-response.ts'
import { hasBody, readJsonBody } from '../read-body.ts'
import { readQuery } from '../read-url.ts'
import { type AppContext, bucketOf, type Route } from '../route.ts'
import { invalidArgument, parseShape } from '../shape.ts'
import {
  createBucketDoc,
  deleteBucketDoc,
  getBucketDoc,
  listBucketsDoc,
  purgeBucketDoc,
  settingsShape,
  updateBucketDoc,
} from './bucket-docs.ts'

const path = '/v1/buckets/:bucket'

/** Buckets as wholes. */
export const bucketRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/buckets',
    scopes: ['read'],
    handle: listBuckets,
    doc: listBucketsDoc,
  },
  { method: 'GET', path, scopes: ['read'], handle: getBucket, doc: getBucketDoc },
  { method: 'PUT', path, scopes: ['admin'], handle: createBucket, doc: createBucketDoc },
  { method: 'PATCH', path, scopes: ['admin'], handle: updateBucket, doc: updateBucketDoc },
  { method: 'DELETE', path, scopes: ['admin'], handle: deleteBucket, doc: deleteBucketDoc },
  {
    method: 'POST',
    path: `${path}/purge`,
    scopes: ['write'],
    handle: purgeBucket,
    doc: purgeBucketDoc,
  },
]

type Call = Parameters<Route['handle']>

const emptyQuery = z.strictObject({})

type Settings = z.infer<typeof settingsShape>

async function listBuckets(...[context, { engine }]: Call): Promise<Response> {
  const { limit, cursor, publishing } = readQuery(context, listBucketsDoc.query)
  const position = cursor === undefined ? undefined : decodeCursor(cursor)
  const after = position && 'key' in position ? { after: position.key } : {}
  const { project } = context.get('caller')
  const { buckets, hasMore } = await engine.listBuckets(project, {
    limit,
    ...after,
    ...(publishing && { publishing }),
  })
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
  const { created, info } = await engine.createBucket(bucketOf(context), toConfig(settings))
  return jsonText(context, JSON.stringify({ created, ...info }), created ? 201 : 200)
}

async function updateBucket(...[context, { engine }]: Call): Promise<Response> {
  checkVerb(context)
  const settings = await readSettings(context)
  const info = await engine.updateBucket(bucketOf(context), withoutAbsent(settings))
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
  return parseShape(settingsShape, settings, 'The body')
}

/** What is set; a `null` is as good as left out. */
function toConfig(settings: Settings): BucketConfig {
  const set = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined)
  return { ...defaultBucketConfig, ...Object.fromEntries(set) }
}

/** A setting that is not in a request stays as it is. */
function withoutAbsent(settings: Settings): BucketChanges {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
