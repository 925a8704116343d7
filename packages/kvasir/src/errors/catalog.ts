import { type ErrorCode, errorStatuses, isRetryable } from './error-codes.ts'

export interface CatalogEntry<Status extends number = number> {
  /** The HTTP status of a response that reports this error. */
  readonly status: Status
  /** Whether the same call may succeed when repeated unchanged. */
  readonly retryable: boolean
  readonly title: string
  /** The exit code of a command that ends with this error. */
  readonly exitCode: number
}

type Catalog = {
  readonly [Code in ErrorCode]: CatalogEntry<(typeof errorStatuses)[Code]>
}

const titles: Readonly<Record<ErrorCode, string>> = {
  KV_INVALID_ARGUMENT: 'An argument is not what the call takes.',
  KV_INVALID_KEY: 'A key is empty, too long or of the wrong characters.',
  KV_INVALID_VALUE: 'A value holds something that JSON would damage.',
  KV_INVALID_TTL: 'A TTL or an expiry is malformed or not in the future.',
  KV_INVALID_CURSOR: 'A cursor was not made by this listing.',
  KV_INVALID_LOCATION: 'A store cannot be opened at the given location.',
  KV_SECRETS_KEY_MISSING: 'Secrets were used, and there is no key for them.',
  KV_SECRETS_KEY_INVALID: 'A key for secrets is not 32 bytes.',
  KV_MALFORMED_BODY: 'A request body is cut off or is not the JSON it claims.',
  KV_UNSUPPORTED: 'The engine in use does not have the capability asked for.',
  KV_UNAUTHENTICATED: 'The request carries no token, or an unknown one.',
  KV_FORBIDDEN: 'The token does not allow what was asked.',
  KV_SECRETS_KEY_WRONG: 'A secret is encrypted with a key that was not given.',
  KV_KEY_NOT_FOUND: 'The key does not exist or has expired.',
  KV_BUCKET_NOT_FOUND: 'The bucket does not exist in the project.',
  KV_TOKEN_NOT_FOUND: 'No token has the given id.',
  KV_FUNCTION_NOT_FOUND: 'No function has the given name.',
  KV_ROUTE_NOT_FOUND: 'The server has nothing at the requested path.',
  KV_METHOD_NOT_ALLOWED: 'The path does not take the request method.',
  KV_BUCKET_EXISTS: 'A bucket of that name exists with another configuration.',
  KV_CONFLICT: 'A condition on a key failed: somebody else wrote it first.',
  KV_READ_ONLY: 'The bucket is a mirror, which is written through its origin.',
  KV_REVISION_GONE: 'The changes asked for are older than what is kept.',
  KV_TOO_LARGE: 'A value, a batch or a body is over its limit.',
  KV_UNSUPPORTED_MEDIA_TYPE: 'A body has a content type that is not taken.',
  KV_WRONG_TYPE: 'The stored value is not of the type the operation needs.',
  KV_IDEMPOTENCY_MISMATCH: 'An idempotency key came again with other contents.',
  KV_TOO_MANY_REQUESTS: 'The caller has more open than it may at a time.',
  KV_ABORTED: 'The caller aborted the call.',
  KV_INTERNAL: 'Something failed that Kvasir does not know how to name.',
  KV_FUNCTION_FAILED: 'A function threw an error instead of answering.',
  KV_FUNCTION_NOT_LOADED: 'The file of a function cannot be loaded.',
  KV_CORRUPT: 'Stored data is damaged or is not a Kvasir store.',
  KV_FORMAT_TOO_NEW: 'The store was written by a newer version of Kvasir.',
  KV_DRIVER_MISSING: 'This runtime has no SQLite and the driver is missing.',
  KV_STORAGE_FAILED: 'The disk answered with an error.',
  KV_PORT_IN_USE: 'Another program listens on the port or the Unix socket.',
  KV_BAD_RESPONSE: 'The server answered with something that is not Kvasir.',
  KV_BUSY: 'Another process kept the store locked for too long.',
  KV_CLOSED: 'The store has been closed.',
  KV_UNAVAILABLE: 'The server cannot be reached, shuts down or is full.',
  KV_TIMEOUT: 'No answer came in time.',
  KV_QUOTA_EXCEEDED: 'The write would take the bucket over its size limit.',
  KV_STORAGE_FULL: 'The disk is full, or nearly so.',
  KV_STORAGE_READ_ONLY: 'The data directory cannot be written to.',
}

/**
 * What follows from each code: HTTP statuses, exit codes and `docs/errors.md` derive from this
 * table.
 */
// The mark lets bundlers leave the texts out of programs that never show them.
export const errorCatalog: Catalog = /* @__PURE__ */ makeCatalog()

function makeCatalog(): Catalog {
  const codes = Object.keys(titles) as ErrorCode[]
  return Object.fromEntries(codes.map((code) => [code, entryOf(code)])) as Catalog
}

function entryOf(code: ErrorCode): CatalogEntry {
  const status = errorStatuses[code]
  const title = titles[code]
  return { status, retryable: isRetryable(code), title, exitCode: exitCodeOf(status) }
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
