/** The calls that go over the socket: what each asks, and how its answer is read. */
import type { StoredValue } from '../../codec/stored-value.ts'
import type { BucketRef, CallOptions, CommitOptions, Engine } from '../../engine/engine.ts'
import type { Entry, Revision } from '../../engine/entry.ts'
import type {
  CommitResult,
  IncrementOperation,
  Operation,
  PutOperation,
  Read,
  ReadResult,
} from '../../engine/operation.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { type FrameWriter, type SocketMessage, textOfValue } from '../../protocol/socket-frame.ts'
import { absentStatus } from '../../protocol/socket-names.ts'
import { writeNumber } from '../../protocol/wire-number.ts'
import { writeBatch } from '../../protocol/wire-operation.ts'
import { readReadResults, writeReads } from '../../protocol/wire-read.ts'
import { readResults } from '../../protocol/wire-result.ts'
import { numberOf, storedOf } from '../../protocol/wire-rows.ts'
import { toConflict } from './conflict-answer.ts'
import { SocketCall } from './socket-call.ts'

export interface GetQuestion {
  readonly at: BucketRef
  readonly key: string
  readonly options: CallOptions & { readonly revision?: Revision }
}

export class GetCall extends SocketCall<Entry | undefined> {
  readonly #question: GetQuestion
  readonly #http: Engine

  /** `http`: the other way. */
  constructor(question: GetQuestion, http: Engine) {
    super()
    this.#question = question
    this.#http = http
  }

  again(): Promise<Entry | undefined> {
    const { at, key, options } = this.#question
    return this.#http.get(at, key, options)
  }

  write(frame: FrameWriter, id: number): void {
    const {
      at,
      key,
      options: { revision },
    } = this.#question
    const last = revision === undefined ? '' : `,${revision}`
    frame.addText(`${id},"get"`, `${placeOf(at)},${JSON.stringify(key)}${last}`)
  }

  protected read(message: SocketMessage, value: Uint8Array): Entry | undefined {
    return message[1] === absentStatus ? undefined : readEntry(this.#question.key, message, value)
  }
}

export interface ReadQuestion {
  readonly at: BucketRef
  readonly reads: readonly Read[]
}

export class ReadCall extends SocketCall<readonly ReadResult[]> {
  readonly #question: ReadQuestion
  readonly again: () => Promise<readonly ReadResult[]>

  constructor(question: ReadQuestion, again: () => Promise<readonly ReadResult[]>) {
    super()
    this.#question = question
    this.again = again
  }

  write(frame: FrameWriter, id: number): void {
    const { at, reads } = this.#question
    frame.add([id, 'read'], [at.project], writeReads(at.bucket, reads))
  }

  protected read(_: SocketMessage, value: Uint8Array): readonly ReadResult[] {
    return readReadResults(textOfValue(value))
  }
}

export interface CommitQuestion {
  readonly at: BucketRef
  readonly operations: readonly Operation[]
  readonly options: CommitOptions
  readonly idempotencyKey: string
}

export class CommitCall extends SocketCall<CommitResult> {
  readonly #question: CommitQuestion
  readonly #http: Engine
  readonly #plain: PlainOperation | undefined

  /** `http`: the other way. */
  constructor(question: CommitQuestion, http: Engine) {
    super()
    this.#question = question
    this.#http = http
    this.#plain = plainOf(question.operations)
  }

  again(): Promise<CommitResult> {
    const { at, operations, options, idempotencyKey } = this.#question
    return commitAgain(this.#http.commit(at, operations, { ...options, idempotencyKey }))
  }

  write(frame: FrameWriter, id: number): void {
    const { at, operations, idempotencyKey } = this.#question
    const plain = this.#plain
    if (!plain) {
      frame.add([id, 'batch'], [at.project, idempotencyKey], writeBatch(at.bucket, operations))
      return
    }
    const names = `,${JSON.stringify(idempotencyKey)},${JSON.stringify(plain.key)}`
    if (plain.op === 'put') {
      const { value, expiry } = plain
      const rest = `${placeOf(at)}${names},"${value.kind}",${expiry?.ttlMs ?? null}`
      frame.addText(`${id},"put"`, rest, value.data)
    } else {
      const by = writeNumber(plain.by ?? 1)
      frame.addText(`${id},"increment"`, `${placeOf(at)}${names},${by}`)
    }
  }

  protected read(message: SocketMessage, value: Uint8Array): CommitResult {
    if (!this.#plain) return { ok: true, results: readResults(textOfValue(value)) }
    if (this.#plain.op === 'put') {
      const [, , , revision, expiresAt] = message
      return writtenAs({ changed: true, revision: numberOf(revision) }, expiresAt)
    }
    const [, , , revision, number, expiresAt] = message
    const result = { revision: numberOf(revision), number: numberOf(number) }
    return writtenAs({ changed: true, ...result }, expiresAt)
  }

  protected override refused(error: unknown): CommitResult {
    const conflict = toConflict(error)
    if (conflict) return { ok: false, conflict }
    throw error
  }
}

/** The lost socket may have brought the commit to the server: that stays possible. */
async function commitAgain(committed: Promise<CommitResult>): Promise<CommitResult> {
  try {
    return await committed
  } catch (error) {
    const isInDoubt = KvasirError.is(error) && (error.status === 503 || error.status === 504)
    if (!isInDoubt) throw error
    const { code, message, details, cause, retryable } = error
    throw new KvasirError(code, message, { outcome: 'unknown', details, cause, retryable })
  }
}

type PlainPut = PutOperation & { readonly expiry?: { readonly ttlMs: number } }
type PlainOperation = PlainPut | IncrementOperation

/** The only operation of a commit, if it has a message of its own. */
function plainOf(operations: readonly Operation[]): PlainOperation | undefined {
  const [only] = operations
  if (!only || operations.length > 1) return undefined
  if (only.op === 'put') return isPlainPut(only) ? only : undefined
  return only.op === 'increment' && isPlainIncrement(only) ? only : undefined
}

/** Whether a put is one of those that nearly all are: a value, and at most a relative expiry. */
function isPlainPut(operation: PutOperation): operation is PlainPut {
  const { expiry, value } = operation
  const hasSets = 'sets' in value && value.sets !== undefined
  return !isLimited(operation) && !hasSets && (expiry === undefined || isRelative(expiry))
}

/** Whether it adds to a value of its own, and says nothing else. */
function isPlainIncrement(operation: IncrementOperation): boolean {
  return !isLimited(operation) && !operation.fields && operation.expiry === undefined
}

function isLimited({ ifAbsent, ifRevision, previous }: Operation): boolean {
  return Boolean(ifAbsent) || ifRevision !== undefined || Boolean(previous)
}

function isRelative(expiry: NonNullable<PutOperation['expiry']>): boolean {
  return typeof expiry === 'object' && 'ttlMs' in expiry
}

/** The bucket as members of a message. Callers ask about one again and again. */
function placeOf(at: BucketRef): string {
  if (at !== lastPlace.at) lastPlace = { at, text: textOf([at.project, at.bucket]) }
  return lastPlace.text
}

let lastPlace: { readonly at: BucketRef | undefined; readonly text: string } = {
  at: undefined,
  text: '',
}

/** Members as the end of a message: with a comma before each. */
function textOf(members: readonly unknown[]): string {
  return `,${JSON.stringify(members).slice(1, -1)}`
}

type PlainResult = {
  readonly changed: true
  readonly revision: Revision
  readonly number?: number
}

function writtenAs(result: PlainResult, expiresAt: unknown): CommitResult {
  const whole = typeof expiresAt === 'number' ? { ...result, expiresAt } : result
  return { ok: true, results: [whole] }
}

function readEntry(key: string, message: SocketMessage, value: Uint8Array): Entry {
  const [, , , kind, revision, createdAt, updatedAt, expiresAt, sets] = message
  const stored = storedOf(kind, value)
  const entry = {
    key,
    value: sets ? ({ ...stored, sets } as StoredValue) : stored,
    revision: numberOf(revision),
    createdAt: numberOf(createdAt),
    updatedAt: numberOf(updatedAt),
  }
  return typeof expiresAt === 'number' ? { ...entry, expiresAt } : entry
}
