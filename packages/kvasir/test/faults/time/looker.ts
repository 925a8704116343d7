import type { BucketRef, Engine } from '../../../src/engine/engine.ts'
import { record, sights } from './sights.ts'

const bucket: BucketRef = { project: 'shop', bucket: 'default' }
/** A mirror of the bucket. */
const copy: BucketRef = { project: 'shop', bucket: 'copy' }

export interface Life {
  readonly revision: number
  readonly expiresAt: number
}

/** Something that a looker is asked to do: a put where there is a TTL, otherwise a look. */
export interface Question {
  readonly key: string
  readonly ttlMs?: number
  readonly sight?: string
  readonly revision?: number
  readonly isOfCopy?: boolean
}

/** `null`: what was put has expired before it could be looked at. */
export type Reply = Life | boolean | null

/** Looks into a store, in its own process or over a line. */
export interface Looker {
  ask(question: Question): Promise<Reply>
  /** Ends the process that has the store open, as a crash would, and starts another one. */
  restart(between: () => void): Promise<void>
  close(): Promise<void>
}

export async function prepare(engine: Engine): Promise<void> {
  const config = { description: '', history: 3, metadata: {} }
  await engine.createBucket(copy, { ...config, mirror: { bucket: bucket.bucket } })
}

export async function reply(engine: Engine, question: Question): Promise<Reply> {
  const { key, ttlMs, sight = 'get', revision = 0, isOfCopy } = question
  if (ttlMs !== undefined) return putBriefly(engine, key, ttlMs)
  const isThere = sights[sight]
  if (!isThere) throw new Error(`There is no sight called ${sight}.`)
  return isThere({ engine, at: isOfCopy ? copy : bucket, key, revision })
}

async function putBriefly(engine: Engine, key: string, ttlMs: number): Promise<Life | null> {
  await engine.commit(bucket, [{ op: 'put', key, value: record, expiry: { ttlMs } }])
  const { revision, expiresAt } = (await engine.get(bucket, key)) ?? {}
  return revision === undefined || expiresAt === undefined ? null : { revision, expiresAt }
}
