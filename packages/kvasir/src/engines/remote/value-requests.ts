import type { BucketRef, CallOptions, CommitOptions } from '../../engine/engine.ts'
import type { Revision } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { headerNames } from '../../protocol/names.ts'
import type { Answer } from './answer.ts'
import type { Connection } from './connection.ts'
import { newIdempotencyKey } from './idempotency-key.ts'

export type EntryQuestion = {
  readonly key: string
  readonly revision?: Revision | undefined
  /** Asks for the entry in one piece of JSON, and not for its value as the body. */
  readonly envelope?: true | undefined
}

/** The requests that are about values as a whole: what is asked, whoever reads the answer. */
export class ValueRequests {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** `undefined` when the key does not exist. */
  async entry(
    at: BucketRef,
    query: EntryQuestion,
    { signal }: CallOptions = {},
  ): Promise<Answer | undefined> {
    try {
      const path = `${pathOf(at)}/entry`
      return await this.#connection.send({ at, method: 'GET', path, query, signal })
    } catch (error) {
      if (KvasirError.is(error, 'KV_KEY_NOT_FOUND')) return undefined
      throw error
    }
  }

  /** @param body Questions about entries, as JSON. */
  read(at: BucketRef, body: string, { signal }: CallOptions = {}): Promise<Answer> {
    return this.#connection.send({ at, method: 'POST', path: '/v1/read', body, signal })
  }

  /** @param body Operations, as JSON. */
  batch(
    at: BucketRef,
    body: string,
    { signal, durability, idempotencyKey = newIdempotencyKey() }: CommitOptions = {},
  ): Promise<Answer> {
    return this.#connection.send({
      at,
      method: 'POST',
      path: '/v1/batch',
      body,
      ...(durability && { headers: { [headerNames.durability]: durability } }),
      idempotencyKey,
      signal,
    })
  }

  purge(at: BucketRef, { signal }: CallOptions = {}): Promise<Answer> {
    return this.#connection.send({ at, method: 'POST', path: `${pathOf(at)}/purge`, signal })
  }
}

export function pathOf({ bucket }: BucketRef): string {
  return `/v1/buckets/${encodeURIComponent(bucket)}`
}
