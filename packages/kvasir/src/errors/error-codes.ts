/**
 * Every failure that a user of Kvasir can cause or meet, by its code, and the HTTP status of a
 * response that reports it. What else is said of them is in `catalog.ts`, which clients do without.
 *
 * Codes are stable between major versions; messages are not.
 */
export const errorStatuses = {
  KV_INVALID_ARGUMENT: 400,
  KV_INVALID_KEY: 400,
  KV_INVALID_VALUE: 400,
  KV_INVALID_TTL: 400,
  KV_INVALID_CURSOR: 400,
  KV_INVALID_LOCATION: 400,
  KV_SECRETS_KEY_MISSING: 400,
  KV_SECRETS_KEY_INVALID: 400,
  KV_MALFORMED_BODY: 400,
  KV_UNSUPPORTED: 400,
  KV_UNAUTHENTICATED: 401,
  KV_FORBIDDEN: 403,
  KV_SECRETS_KEY_WRONG: 403,
  KV_KEY_NOT_FOUND: 404,
  KV_BUCKET_NOT_FOUND: 404,
  KV_TOKEN_NOT_FOUND: 404,
  KV_FUNCTION_NOT_FOUND: 404,
  KV_ROUTE_NOT_FOUND: 404,
  KV_METHOD_NOT_ALLOWED: 405,
  KV_BUCKET_EXISTS: 409,
  KV_CONFLICT: 409,
  KV_READ_ONLY: 409,
  KV_REVISION_GONE: 410,
  KV_TOO_LARGE: 413,
  KV_UNSUPPORTED_MEDIA_TYPE: 415,
  KV_WRONG_TYPE: 422,
  KV_IDEMPOTENCY_MISMATCH: 422,
  KV_TOO_MANY_REQUESTS: 429,
  KV_ABORTED: 499,
  KV_INTERNAL: 500,
  KV_FUNCTION_FAILED: 500,
  KV_FUNCTION_NOT_LOADED: 500,
  KV_CORRUPT: 500,
  KV_FORMAT_TOO_NEW: 500,
  KV_DRIVER_MISSING: 500,
  KV_STORAGE_FAILED: 500,
  KV_PORT_IN_USE: 500,
  KV_BAD_RESPONSE: 502,
  KV_BUSY: 503,
  KV_CLOSED: 503,
  KV_UNAVAILABLE: 503,
  KV_TIMEOUT: 504,
  KV_QUOTA_EXCEEDED: 507,
  KV_STORAGE_FULL: 507,
  KV_STORAGE_READ_ONLY: 507,
} as const

export type ErrorCode = keyof typeof errorStatuses

/** The statuses that errors have. */
export type ErrorStatus = (typeof errorStatuses)[ErrorCode]

const retryableCodes: readonly ErrorCode[] = [
  'KV_TOO_MANY_REQUESTS',
  'KV_BUSY',
  'KV_UNAVAILABLE',
  'KV_TIMEOUT',
]

/** Whether the same call may succeed when repeated unchanged. */
export function isRetryable(code: ErrorCode): boolean {
  return retryableCodes.includes(code)
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorStatuses, code)
}
