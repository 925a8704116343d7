import { type ErrorCode, type ErrorStatus, errorStatuses, isRetryable } from './error-codes.ts'

/** What is known of a write that failed: it did not happen, or nobody can tell. */
export type WriteOutcome = 'not-applied' | 'unknown'

export interface KvasirErrorOptions {
  /** For writes. Left out where nothing could have been written. */
  outcome?: WriteOutcome
  /** JSON-safe facts for programs; never a value, never a token. */
  details?: Readonly<Record<string, unknown>>
  /** The original failure. It stays in this process. */
  cause?: unknown
  /** Overrides the catalogue. */
  retryable?: boolean
}

// Shared through the global symbol registry, so that an error made by another copy of the package
// (two versions in one tree, or another realm) is still recognized.
const brand = Symbol.for('kvasir.error')

/**
 * The one error class of Kvasir. `code` says what happened and is stable; `message` says it to a
 * person, with what was given and what to do.
 */
export class KvasirError extends Error {
  override readonly name = 'KvasirError'
  readonly code: ErrorCode
  /** Whether the same call may succeed when repeated unchanged. */
  readonly retryable: boolean
  /** Present on failed writes: `'unknown'` after a timeout or a lost connection. */
  readonly outcome?: WriteOutcome
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: KvasirErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? isRetryable(code)
    if (options.outcome) this.outcome = options.outcome
    this.details = options.details ?? {}
    Object.defineProperty(this, brand, { value: true })
  }

  /** The HTTP status that the catalogue gives this error. */
  get status(): ErrorStatus {
    return errorStatuses[this.code]
  }

  /** Whether `error` is a Kvasir error, and of the given code if one is given. */
  static is(error: unknown, code?: ErrorCode): error is KvasirError {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false
    return code === undefined || (error as unknown as KvasirError).code === code
  }

  /** Turns anything thrown into a Kvasir error; what is one already passes through. */
  static from(error: unknown, code: ErrorCode = 'KV_INTERNAL'): KvasirError {
    if (KvasirError.is(error)) return error
    if (error instanceof Error && error.name === 'AbortError') {
      return new KvasirError('KV_ABORTED', 'The call was aborted by its signal.', { cause: error })
    }
    const reason = error instanceof Error ? error.message : String(error)
    return new KvasirError(code, reason, { cause: error })
  }
}
