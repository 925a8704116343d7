import type { ErrorCode } from '../../errors/error-codes.ts'
import { KvasirError, type WriteOutcome } from '../../errors/kvasir-error.ts'

// SQLite's primary result codes: https://sqlite.org/rescode.html
const primary = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  tooBig: 18,
  notADatabase: 26,
} as const

/** The message of SQLite's own functions, which comes without a code. */
const malformedJson = 'malformed JSON'

/** What SQLite says of statements that do not fit the tables; ours fit those that we have made. */
const unfit = /^no such (table|column|index|view)|^table .* (has|may not)|^no query solution/

/** A sync failed: one of SQLite's, or of our own of its log. */
const ioErrorSync = primary.ioError | (4 << 8)

/** The shared-memory file could not grow: in practice, the disk is full. */
const ioErrorShmSize = primary.ioError | (19 << 8)

/** A journal beside the file has to be rolled back, and this connection may not. */
const readOnlyRollback = primary.readOnly | (3 << 8)

/** Of I/O errors: write, sync, sync of the directory, truncation, and three of shared memory. */
const writeFailures: ReadonlySet<number> = new Set([3, 4, 5, 6, 18, 20, 21])

const meanings: Readonly<Record<number, readonly [code: ErrorCode, message: string]>> = {
  [primary.busy]: [
    'KV_BUSY',
    'Another process kept the store locked for too long. Try again; if it stays so, look for a process that holds a transaction open.',
  ],
  [primary.readOnly]: [
    'KV_STORAGE_READ_ONLY',
    'The data directory cannot be written to. Check its permissions and how its disk is mounted.',
  ],
  [primary.ioError]: [
    'KV_STORAGE_FAILED',
    'The disk answered with an error. Check the disk, then open the store again.',
  ],
  [primary.corrupt]: [
    'KV_CORRUPT',
    'The store is damaged. Restore the data directory from a backup; the files have not been changed.',
  ],
  [primary.full]: [
    'KV_STORAGE_FULL',
    'The disk is full; nothing was written. Free some space and repeat the call.',
  ],
  [primary.cantOpen]: [
    'KV_STORAGE_FAILED',
    'A file of the store cannot be opened. Check the data directory, its permissions and the limit of open files.',
  ],
  [primary.tooBig]: ['KV_TOO_LARGE', 'A value is larger than the store can hold. Split it up.'],
}

const aliases: Readonly<Record<number, number>> = {
  [primary.locked]: primary.busy,
  [primary.notADatabase]: primary.corrupt,
}

/**
 * Turns whatever came out of the driver into a Kvasir error: the one funnel for SQLite's errors.
 *
 * `outcome` is what is known of the writes under way; leave it out for reads.
 */
export function fromSqlite(error: unknown, outcome?: WriteOutcome): KvasirError {
  if (KvasirError.is(error)) return error
  const meaning = meanings[isMalformed(error) ? primary.corrupt : meaningOf(error)]
  if (!meaning) return internal(error, outcome)
  const [code, message] = meaning
  return new KvasirError(code, message, {
    cause: error,
    details: { sqliteCode: errcodeOf(error) },
    ...(outcome && { outcome }),
  })
}

export function isBusy(error: unknown): boolean {
  return meaningOf(error) === primary.busy
}

export function needsRollback(error: unknown): boolean {
  return errcodeOf(error) === readOnlyRollback
}

/** Whether the error leaves in doubt what reached the disk, so that writing must stop. */
export function isStorageFailure(error: unknown): boolean {
  const meaning = meaningOf(error)
  return meaning === primary.ioError || meaning === primary.corrupt
}

/**
 * Whether the disk failed to take what was written to it, or to sync it: whatever it acknowledges
 * afterwards is not to be believed. A read that fails says nothing about that.
 */
export function isWriteFailure(error: unknown): boolean {
  return meaningOf(error) === primary.ioError && writeFailures.has(errcodeOf(error) >> 8)
}

export function closed(): KvasirError {
  return new KvasirError('KV_CLOSED', 'The store has been closed. Open it again to go on.', {
    outcome: 'not-applied',
  })
}

/** The error of a write after the store has stopped writing. */
export function writingHasStopped(cause: KvasirError): KvasirError {
  return new KvasirError(
    'KV_STORAGE_FAILED',
    'The store no longer takes writes, because its disk failed earlier. Reads go on; check the disk, then open the store again.',
    { cause, outcome: 'not-applied', details: { first: cause.code } },
  )
}

function meaningOf(error: unknown): number {
  const errcode = errcodeOf(error)
  if (errcode === ioErrorShmSize) return primary.full
  const code = errcode & 0xff
  if (code === primary.error && unfit.test((error as Error).message)) return primary.corrupt
  return aliases[code] ?? code
}

/** All JSON that is parsed below here, by SQLite or by us, is stored data. */
function isMalformed(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && error.message === malformedJson)
}

function errcodeOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0
  if ('syscall' in error && error.syscall === 'fdatasync') return ioErrorSync
  if (!('errcode' in error)) return 0
  return typeof error.errcode === 'number' ? error.errcode : 0
}

function internal(error: unknown, outcome?: WriteOutcome): KvasirError {
  return new KvasirError('KV_INTERNAL', 'SQLite failed in a way that Kvasir has no name for.', {
    cause: error,
    ...(outcome && { outcome }),
  })
}
