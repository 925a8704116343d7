/** The calls that go over the socket: what each asks, and how its answer is read. */
import type { StoredValue } from '../../codec/stored-value.ts'
import type { BucketRef, CommitOptions } from '../../engine/engine.ts'
import type { Entry, Revision } from '../../engine/entry.ts'
import type { CommitResult, Operation, PutOperation, Read } from '../../engine/operation.ts'
import { type FrameWriter, textOfValue } from '../../protocol/socket-frame.ts'
import { absentStatus, type SocketVerb } from '../../protocol/socket-names.ts'
import { writeBatch } from '../../protocol/wire-operation.ts'
import { readReadResults, writeReads } from '../../protocol/wire-read.ts'
import { readResults } from '../../protocol/wire-result.ts'

/** An answer that reports no error. */
export interface SocketAnswer {
  readonly status: number
  readonly rest: readonly unknown[]
  /** A part of its frame: whoever keeps it makes a copy. */
  readonly value: Uint8Array
}

export interface SocketCall<Result> {
  readonly verb: SocketVerb
  write(frame: FrameWriter, head: readonly [id: number, verb: SocketVerb]): void
  read(answer: SocketAnswer): Result
}

export function getCall(
  { project, bucket }: BucketRef,
  key: string,
  revision: Revision | undefined,
): SocketCall<Entry | undefined> {
  return {
    verb: 'get',
    write: (frame, head) => frame.add(head, [project, bucket, key, revision]),
    read: (answer) => (answer.status === absentStatus ? undefined : readEntry(key, answer)),
  }
}

export function readCall({ project, bucket }: BucketRef, reads: readonly Read[]) {
  return {
    verb: 'read',
    write: (frame, head) => frame.add(head, [project], writeReads(bucket, reads)),
    read: ({ value }) => readReadResults(textOfValue(value)),
  } satisfies SocketCall<unknown>
}

export function commitCall(
  at: BucketRef,
  operations: readonly Operation[],
  { idempotencyKey }: Required<Pick<CommitOptions, 'idempotencyKey'>>,
): SocketCall<CommitResult> {
  const [first, second] = operations
  if (first && !second && isPlainPut(first)) return putCall(at, first, idempotencyKey)
  const { project, bucket } = at
  return {
    verb: 'batch',
    write: (frame, head) =>
      frame.add(head, [project, idempotencyKey], writeBatch(bucket, operations)),
    read: ({ value }) => ({ ok: true, results: readResults(textOfValue(value)) }),
  }
}

type PlainPut = PutOperation & { readonly expiry?: { readonly ttlMs: number } }

/** Whether a put is one of those that nearly all are: a value, and at most a relative expiry. */
function isPlainPut(operation: Operation): operation is PlainPut {
  if (operation.op !== 'put') return false
  const { expiry, value, ifAbsent, ifRevision, previous } = operation
  const isLimited = ifAbsent ?? previous ?? ifRevision !== undefined
  const hasSets = 'sets' in value && value.sets !== undefined
  return !isLimited && !hasSets && (expiry === undefined || isRelative(expiry))
}

function isRelative(expiry: NonNullable<PutOperation['expiry']>): boolean {
  return typeof expiry === 'object' && 'ttlMs' in expiry
}

function putCall(
  { project, bucket }: BucketRef,
  { key, value, expiry }: PlainPut,
  idempotencyKey: string,
): SocketCall<CommitResult> {
  return {
    verb: 'put',
    write(frame, head) {
      const rest = [project, bucket, idempotencyKey, key, value.kind, expiry?.ttlMs]
      frame.add(head, rest, value.data)
    },
    read({ rest: [revision, expiresAt] }) {
      const when = typeof expiresAt === 'number' ? { expiresAt } : {}
      return { ok: true, results: [{ changed: true, revision: numberOf(revision), ...when }] }
    },
  }
}

function readEntry(key: string, { rest, value }: SocketAnswer): Entry {
  const [kind, revision, createdAt, updatedAt, expiresAt, sets] = rest
  const stored = storedOf(kind, value)
  return {
    key,
    value: sets ? ({ ...stored, sets } as StoredValue) : stored,
    revision: numberOf(revision),
    createdAt: numberOf(createdAt),
    updatedAt: numberOf(updatedAt),
    ...(typeof expiresAt === 'number' && { expiresAt }),
  }
}

function storedOf(kind: unknown, value: Uint8Array): StoredValue {
  if (kind === 'bytes') return { kind, data: value.slice() }
  if (kind === 'text' || kind === 'json' || kind === 'record') {
    return { kind, data: textOfValue(value) }
  }
  throw new TypeError('The answer has a value of an unknown kind.')
}

function numberOf(member: unknown): number {
  if (typeof member === 'number') return member
  throw new TypeError('The answer lacks a number.')
}
