/** The names that clients and servers share: headers and media types. */

export const headerNames = {
  project: 'kvasir-project',
  revision: 'kvasir-revision',
  createdAt: 'kvasir-created-at',
  updatedAt: 'kvasir-updated-at',
  expiresAt: 'kvasir-expires-at',
  sets: 'kvasir-sets',
  idempotencyKey: 'idempotency-key',
  durability: 'kvasir-durability',
} as const

export const mediaTypes = {
  json: 'application/json',
  text: 'text/plain',
  bytes: 'application/octet-stream',
} as const

/** Stands in the header of sets when there are too many for a header. */
export const setsTooLong = '*'
