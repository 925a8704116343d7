/**
 * Every failure that a user of Kvasir can cause or meet, with what follows from it.
 *
 * The `ErrorCode` type, HTTP statuses, exit codes and `docs/errors.md` derive from this table.
 * Codes are stable between major versions; messages are not.
 */
export const errorCatalog = {
  KV_INVALID_ARGUMENT: entry(400, false, 'An argument is not what the call takes.'),
  KV_INVALID_KEY: entry(400, false, 'A key is empty, too long or of the wrong characters.'),
  KV_INVALID_VALUE: entry(400, false, 'A value holds something that JSON would damage.'),
  KV_INVALID_TTL: entry(400, false, 'A TTL or an expiry is malformed or not in the future.'),
  KV_INVALID_CURSOR: entry(400, false, 'A cursor was not made by this listing.'),
  KV_INVALID_LOCATION: entry(400, false, 'A store cannot be opened at the given location.'),
  KV_SECRETS_KEY_MISSING: entry(400, false, 'Secrets were used, and there is no key for them.'),
  KV_SECRETS_KEY_INVALID: entry(400, false, 'A key for secrets is not 32 bytes.'),
  KV_MALFORMED_BODY: entry(400, false, 'A request body is cut off or is not the JSON it claims.'),
  KV_UNSUPPORTED: entry(400, false, 'The engine in use does not have the capability asked for.'),
  KV_UNAUTHENTICATED: entry(401, false, 'The request carries no token, or an unknown one.'),
  KV_FORBIDDEN: entry(403, false, 'The token does not allow what was asked.'),
  KV_SECRETS_KEY_WRONG: entry(403, false, 'A secret is encrypted with a key that was not given.'),
  KV_KEY_NOT_FOUND: entry(404, false, 'The key does not exist or has expired.'),
  KV_BUCKET_NOT_FOUND: entry(404, false, 'The bucket does not exist in the project.'),
  KV_TOKEN_NOT_FOUND: entry(404, false, 'No token has the given id.'),
  KV_FUNCTION_NOT_FOUND: entry(404, false, 'No function has the given name.'),
  KV_ROUTE_NOT_FOUND: entry(404, false, 'The server has nothing at the requested path.'),
  KV_METHOD_NOT_ALLOWED: entry(405, false, 'The path does not take the request method.'),
  KV_BUCKET_EXISTS: entry(409, false, 'A bucket of that name exists with another configuration.'),
  KV_CONFLICT: entry(409, false, 'A condition on a key failed: somebody else wrote it first.'),
  KV_READ_ONLY: entry(409, false, 'The bucket is a mirror, which is written through its origin.'),
  KV_REVISION_GONE: entry(410, false, 'The changes asked for are older than what is kept.'),
  KV_TOO_LARGE: entry(413, false, 'A value, a batch or a body is over its limit.'),
  KV_UNSUPPORTED_MEDIA_TYPE: entry(415, false, 'A body has a content type that is not taken.'),
  KV_WRONG_TYPE: entry(422, false, 'The stored value is not of the type the operation needs.'),
  KV_IDEMPOTENCY_MISMATCH: entry(422, false, 'An idempotency key came again with other contents.'),
  KV_TOO_MANY_REQUESTS: entry(429, true, 'The caller has more open than it may at a time.'),
  KV_ABORTED: entry(499, false, 'The caller aborted the call.'),
  KV_INTERNAL: entry(500, false, 'Something failed that Kvasir does not know how to name.'),
  KV_FUNCTION_FAILED: entry(500, false, 'A function threw an error instead of answering.'),
  KV_FUNCTION_NOT_LOADED: entry(500, false, 'The file of a function cannot be loaded.'),
  KV_CORRUPT: entry(500, false, 'Stored data is damaged or is not a Kvasir store.'),
  KV_FORMAT_TOO_NEW: entry(500, false, 'The store was written by a newer version of Kvasir.'),
  KV_DRIVER_MISSING: entry(500, false, 'This runtime has no SQLite and the driver is missing.'),
  KV_STORAGE_FAILED: entry(500, false, 'The disk answered with an error.'),
  KV_PORT_IN_USE: entry(500, false, 'Another program listens on the port.'),
  KV_BAD_RESPONSE: entry(502, false, 'The server answered with something that is not Kvasir.'),
  KV_BUSY: entry(503, true, 'Another process kept the store locked for too long.'),
  KV_CLOSED: entry(503, false, 'The store has been closed.'),
  KV_UNAVAILABLE: entry(503, true, 'The server cannot be reached, shuts down or is full.'),
  KV_TIMEOUT: entry(504, true, 'No answer came in time.'),
  KV_QUOTA_EXCEEDED: entry(507, false, 'The write would take the bucket over its size limit.'),
  KV_STORAGE_FULL: entry(507, false, 'The disk is full, or nearly so.'),
  KV_STORAGE_READ_ONLY: entry(507, false, 'The data directory cannot be written to.'),
} as const satisfies Record<string, CatalogEntry>

export type ErrorCode = keyof typeof errorCatalog

/** The statuses that errors have. */
export type ErrorStatus = (typeof errorCatalog)[ErrorCode]['status']

export interface CatalogEntry<Status extends number = number> {
  /** The HTTP status of a response that reports this error. */
  readonly status: Status
  /** Whether the same call may succeed when repeated unchanged. */
  readonly retryable: boolean
  readonly title: string
  /** The exit code of a command that ends with this error. */
  readonly exitCode: number
}

function entry<const Status extends number>(
  status: Status,
  retryable: boolean,
  title: string,
): CatalogEntry<Status> {
  return { status, retryable, title, exitCode: exitCodeOf(status) }
}

/** 2 usage, 3 not found, 4 conflict, 5 not allowed, 6 unavailable, 7 no space, 1 anything else. */
function exitCodeOf(status: number): number {
  if (status === 401 || status === 403) return 5
  if (status === 404 || status === 410) return 3
  if (status === 409 || status === 412) return 4
  if (status === 429 || status === 503 || status === 504) return 6
  if (status === 507) return 7
  return status >= 400 && status < 499 ? 2 : 1
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCatalog, code)
}
