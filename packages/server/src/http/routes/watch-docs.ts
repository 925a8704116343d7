import { eventStreamMediaType } from 'kvasir/protocol'
import { z } from 'zod'
import type { RouteDoc } from '../route-doc.ts'
import { queryBoolean, queryInteger } from '../shape.ts'

export const watchDoc = {
  operationId: 'watchBucket',
  tag: 'Listing',
  summary: 'Follows the changes of a bucket as they happen',
  description: `A stream of server-sent events, whose data is JSON on one line:

- \`ready\` comes first, with the revision where the stream begins, if it begins at one.
- \`put\`, \`delete\`, \`purge\` and \`expire\` are changes of keys, as \`Change\` has them; \`clear\` says that
the bucket was purged as a whole. Their ids are revisions.
- With \`initial=true\` the entries that exist come first, and then \`synced\`.
- \`gap\` says that of the changes beyond its \`revision\` and up to its \`to\` only the last one of
each key follows. Its id is \`revision\`.
- \`error\` carries a \`Problem\` and is the last.

Comments come at least every 15 seconds, with an id once the stream has caught up: how far it has
come. To resume, send the last id as \`since\` or \`Last-Event-ID\`.`,
  query: z.strictObject({
    key: z.string().describe('Only this key.').optional(),
    prefix: z.string().describe('Only keys that begin so.').optional(),
    since: queryInteger.describe('Begins after this revision; default: now.').optional(),
    initial: queryBoolean.describe('Whether to begin with the entries that exist.').optional(),
  }),
  headers: ['LastEventId'],
  answers: {
    200: { description: 'The stream.', content: { [eventStreamMediaType]: z.string() } },
  },
  errors: ['KV_INVALID_KEY', 'KV_METHOD_NOT_ALLOWED', 'KV_REVISION_GONE', 'KV_TOO_MANY_REQUESTS'],
} as const satisfies RouteDoc

export const subjectDoc = {
  operationId: 'subscribeToSubject',
  tag: 'Listing',
  summary: 'Follows what buckets publish under a subject',
  description: `A stream of server-sent events, whose data is JSON on one line:

- \`ready\` comes first, with the position where the stream begins.
- \`put\`, \`delete\`, \`purge\` and \`expire\` are changes of keys, as \`Change\` has them, with
\`subject\` and \`bucket\` besides; \`clear\` says that the bucket was purged as a whole. A \`put\` has no
value where the bucket publishes without. Their ids are positions.
- \`gap\` says that of the changes of the bucket beyond \`revision\` and up to \`to\`, some that may
have been under the subject were replaced by later ones before they could be sent.
- \`error\` carries a \`Problem\` and is the last.

Comments come at least every 15 seconds. To resume, send the last id as \`since\` or
\`Last-Event-ID\`.`,
  query: z.strictObject({
    since: z.string().describe('A position: begins beyond it; default: now.').optional(),
  }),
  headers: ['LastPosition'],
  answers: {
    200: { description: 'The stream.', content: { [eventStreamMediaType]: z.string() } },
  },
  errors: ['KV_METHOD_NOT_ALLOWED', 'KV_TOO_MANY_REQUESTS'],
} as const satisfies RouteDoc
