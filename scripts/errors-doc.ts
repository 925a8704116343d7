// Renders docs/errors.md from the error catalogue and the advice below. Used by write-errors-doc.ts
// and by the test that holds the two against each other.

import { errorCatalog } from '../packages/kvasir/src/errors/catalog.ts'
import type { ErrorCode } from '../packages/kvasir/src/errors/error-codes.ts'

/** What a reader who met the error does next. */
const advice = {
  KV_INVALID_ARGUMENT: 'Read the message: it names the argument, what came and what it takes.',
  KV_INVALID_KEY:
    'Use a non-empty key of valid Unicode within the limit, or a hash of the key. The keys of secrets have a narrower rule, which the message gives.',
  KV_INVALID_VALUE:
    'Convert what the message points at before storing it: a function, a `NaN`, a `Map`, a circle. An object with `toJSON` is stored as what that returns.',
  KV_INVALID_TTL: 'Give a positive number, text such as `90s` or `1h`, or a time in the future.',
  KV_INVALID_CURSOR:
    'Start the listing anew, and pass on the cursor that a page returned as it is.',
  KV_INVALID_LOCATION:
    'Give a directory, `memory:`, or the address of a server: `http(s)://…` or, on Linux and macOS, `unix:` and a path. A directory must not hold the files of another program.',
  KV_SECRETS_KEY_MISSING:
    'Make a key with `kvasir secrets new-key`, keep it safe and away from the data, and give it as `KVASIR_SECRETS_KEY`, as a file named by `KVASIR_SECRETS_KEY_FILE`, or as `{ secretsKey }`.',
  KV_SECRETS_KEY_INVALID:
    'Give the whole key as it was made: 32 bytes as base64, base64url or 64 hexadecimal digits. The message says which of several keys it is.',
  KV_MALFORMED_BODY: 'Send a complete body that is what its `Content-Type` says.',
  KV_UNSUPPORTED:
    'Look at `store.capabilities` before asking for it, or use an engine that has the capability.',
  KV_UNAUTHENTICATED:
    'Send `Authorization: Bearer <token>`. `kvasir token create` makes a token; revoked ones do not come back.',
  KV_FORBIDDEN: 'Use a token that has the scope and the project that the message names.',
  KV_SECRETS_KEY_WRONG:
    'Give the key that the message names as well, after the present one; `kvasir secrets rotate` then makes it needless. If it is lost, so is the secret: delete it and put it anew.',
  KV_KEY_NOT_FOUND:
    'Nothing, if the key may be absent: it was never put, was deleted, or has expired. Otherwise check the bucket and the project of the call.',
  KV_BUCKET_NOT_FOUND: 'Create the bucket first, or check its name and the project.',
  KV_TOKEN_NOT_FOUND: 'List the tokens with `kvasir token list`, and use an id from there.',
  KV_FUNCTION_NOT_FOUND: 'Correct the name; `kvasir call` without one lists those there are.',
  KV_ROUTE_NOT_FOUND:
    'Check the path and its `/v1` prefix against the HTTP protocol; of functions, the name of the file.',
  KV_METHOD_NOT_ALLOWED: 'Use one of the methods in the `Allow` header of the response.',
  KV_BUCKET_EXISTS: 'Update the bucket, create it with the settings it has, or use another name.',
  KV_CONFLICT:
    'Read the key again, decide anew and write with its present revision. `update` does this for you.',
  KV_READ_ONLY: 'Write to the bucket that the mirror copies; the message names it.',
  KV_REVISION_GONE: 'Read the present state, and watch from the revision that it has.',
  KV_TOO_LARGE:
    'Split it over several keys or requests, or raise the limit that the message names.',
  KV_UNSUPPORTED_MEDIA_TYPE: 'Send one of the content types that the message lists.',
  KV_WRONG_TYPE:
    'Look at what the key holds. Another program may use the same key for something else.',
  KV_IDEMPOTENCY_MISMATCH:
    'Make a new idempotency key for every new request; reuse one only to repeat the same request.',
  KV_TOO_MANY_REQUESTS:
    'Try again after `Retry-After`. If it stays so, close streams and connections that nobody needs, or raise the limit that the message names.',
  KV_ABORTED:
    'Nothing: the caller asked for it. A write that had been sent may have been applied; see `outcome`.',
  KV_INTERNAL:
    'This is a defect. Report it with the message and, from the server, the request id in its log.',
  KV_FUNCTION_FAILED:
    "Look at the host's log for the request: it has the error with its file and line. `kvasir functions --watch` tells it in the answer as well.",
  KV_FUNCTION_NOT_LOADED:
    'Correct the file that the message names; it is loaded again as soon as it changes.',
  KV_CORRUPT:
    'Stop writing, keep a copy of the directory, and restore a backup. Kvasir has not changed the files.',
  KV_FORMAT_TOO_NEW: 'Update Kvasir to the version that wrote the store, or a newer one.',
  KV_DRIVER_MISSING: 'Run `npm install @photostructure/sqlite`, or use Node 22.13 or newer.',
  KV_STORAGE_FAILED:
    'Look at the system log for errors of the disk or the file system. Reads may go on; open the store again before writing.',
  KV_PORT_IN_USE:
    'Stop the other program, or choose another port with `--port`, another path with `--unix-socket`.',
  KV_BAD_RESPONSE:
    'Check the address: a proxy or another service answered. If it is a Kvasir server, compare versions.',
  KV_BUSY: 'Try again. If it stays so, look for a process that holds a transaction open.',
  KV_CLOSED: 'Open the store again, and close it only after the last call has been answered.',
  KV_UNAVAILABLE:
    'Try again after a pause, after `Retry-After` if there is one. A write may have been applied; see `outcome`.',
  KV_TIMEOUT:
    'Try again. A write may have been applied: repeat it under the same idempotency key, and it happens once.',
  KV_QUOTA_EXCEEDED: 'Delete something, or raise the size limit of the bucket.',
  KV_STORAGE_FULL:
    'Free space on the disk, or delete something: that is taken. Reads go on, nothing that was acknowledged is lost, and writes go on by themselves. The message says how much is kept free, `diskReserveBytes`.',
  KV_STORAGE_READ_ONLY:
    'Check the permissions of the directory, and whether its disk is read-only.',
} as const satisfies Record<ErrorCode, string>

const preamble = `# Errors

<!-- Written by \`npm run docs:errors\` from the error catalogue. Change scripts/errors-doc.ts. -->

Every failure is a \`KvasirError\` with a \`code\` from this page. Codes keep their meaning between
major versions; messages do not, so compare codes. Over HTTP the error is an
\`application/problem+json\` document with the same \`code\`, and the client makes the same error of it.
Commands end with the exit code given here.

**Retryable** means that the same call, repeated unchanged, may succeed. A failed write also has an
\`outcome\`: \`not-applied\`, or \`unknown\` when it may have been applied after all.
`

export function renderErrorsDoc(): string {
  return `${preamble}\n${codesOf(errorCatalog).map(renderSection).join('\n')}`
}

/** The codes that a document has a section for. */
export function findSections(markdown: string): string[] {
  return [...markdown.matchAll(/^## (KV_[A-Z_]+)$/gm)].map(([, code]) => code ?? '')
}

function renderSection(code: ErrorCode): string {
  const { title, status, exitCode, retryable } = errorCatalog[code]
  const facts = [
    `HTTP ${status}`,
    `exit code ${exitCode}`,
    retryable ? 'retryable' : 'not retryable',
  ]
  return `## ${code}\n\n${title}\n\n${facts.join(' · ')}\n\n**What to do:** ${advice[code]}\n`
}

function codesOf(catalog: typeof errorCatalog): ErrorCode[] {
  return Object.keys(catalog) as ErrorCode[]
}
