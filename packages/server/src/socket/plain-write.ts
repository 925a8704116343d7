import type { BucketRef, CommitResult, Operation, PutOperation, ToldCommit } from 'kvasir/engine'
import { type StoredValue, storedFromJsonText, textOfValue, writeNumber } from 'kvasir/protocol'
import { requireScopes } from '../http/authenticate.ts'
import { invalidArgument } from '../http/shape.ts'
import { conflictError } from '../http/write-entry.ts'
import { number, projectOf, type Question, text } from './question.ts'

/** Is told what became of a write. */
export interface WriteListener {
  /** `rest`: the members of the answer behind its head, with a comma before each. */
  written(write: PlainWrite, rest: string): void
  refused(write: PlainWrite, error: unknown): void
}

/** A `put` or an `increment` of one value, which nearly all that is written is. */
export class PlainWrite implements ToldCommit {
  readonly id: number
  readonly verb: string
  readonly at: BucketRef
  readonly idempotencyKey: string
  readonly operations: readonly [Operation]
  readonly #listener: WriteListener

  /** @throws {KvasirError} as the request over HTTP would answer. */
  constructor(question: Question, listener: WriteListener) {
    const { message, grant } = question
    requireScopes(grant, writing)
    const [id, verb, , project, bucket, idempotencyKey] = message
    this.id = id
    this.verb = String(verb)
    this.operations = [verb === 'put' ? putOf(question) : incrementOf(question)]
    this.at = { project: projectOf(project, question), bucket: text(bucket, 'bucket') }
    this.idempotencyKey = text(idempotencyKey, 'idempotencyKey')
    this.#listener = listener
  }

  committed(committed: CommitResult): void {
    if (!committed.ok) {
      this.failed(conflictError(committed.conflict))
      return
    }
    const [result] = committed.results
    const sum = result?.number === undefined ? '' : `,${writeNumber(result.number)}`
    const last = result?.expiresAt === undefined ? '' : `,${result.expiresAt}`
    this.#listener.written(this, `,${result?.revision}${sum}${last}`)
  }

  failed(error: unknown): void {
    this.#listener.refused(this, error)
  }
}

const writing = ['write'] as const

function putOf({ message, value }: Question): PutOperation {
  const [, , , , , , key, kind, ttlMs] = message
  const stored = storedValueOf(kind, value)
  const put = { op: 'put', key: text(key, 'key'), value: stored } as const
  if (ttlMs === undefined || ttlMs === null) return put
  return { ...put, expiry: { ttlMs: number(ttlMs, 'TTL') } }
}

function incrementOf({ message }: Question): Operation {
  const [, , , , , , key, by] = message
  return { op: 'increment', key: text(key, 'key'), by: number(by, 'by') }
}

function storedValueOf(kind: unknown, value: Uint8Array): StoredValue {
  // A copy: the value is a part of its frame, which would be kept with it.
  if (kind === 'bytes') return { kind, data: new Uint8Array(value) }
  if (kind === 'text') return { kind, data: textOfValue(value) }
  if (kind === 'json' || kind === 'record') return storedFromJsonText(textOfValue(value))
  throw invalidArgument('A value over the socket is of the kind text, json, record or bytes.')
}
