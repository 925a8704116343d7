/** A request that each route takes, so that nothing but the token decides. */
export const bodies: Readonly<Record<string, string>> = {
  'PUT /v1/buckets/:bucket': '{}',
  'PATCH /v1/buckets/:bucket': '{"history":2}',
  'PUT /v1/buckets/:bucket/keys/:key': '1',
  'PUT /v1/buckets/:bucket/entry': '1',
  'PATCH /v1/buckets/:bucket/keys/:key': '{"a":1}',
  'PATCH /v1/buckets/:bucket/entry': '{"a":1}',
  ...recordBodies('/v1/buckets/:bucket/records/:key'),
  ...recordBodies('/v1/buckets/:bucket/record'),
  'POST /v1/batch': '{"bucket":"orders","operations":[{"op":"put","key":"secret","value":2}]}',
  'POST /v1/read': '{"bucket":"orders","reads":[{"key":"secret"}]}',
}

function recordBodies(path: string): Record<string, string> {
  return {
    [`PUT ${path}`]: '{"a":1}',
    [`PATCH ${path}`]: '{"a":1}',
    [`POST ${path}/increment`]: '{"fields":{"count":1}}',
    [`POST ${path}/append`]: '{"fields":{"list":[1]}}',
    [`POST ${path}/unshift`]: '{"fields":{"list":[1]}}',
    [`POST ${path}/shift`]: '{"fields":{"list":1}}',
    [`POST ${path}/peek`]: '{"fields":{"list":1}}',
    [`POST ${path}/add`]: '{"type":"string","fields":{"tags":["a"]}}',
    [`POST ${path}/remove`]: '{"type":"string","fields":{"tags":["a"]}}',
    [`POST ${path}/has`]: '{"type":"string","fields":{"tags":["a"]}}',
  }
}

const queries: Record<string, string> = {
  '/v1/buckets/:bucket/entry': '?key=secret',
  '/v1/buckets/:bucket/history': '?key=secret',
}

/** What stands in the query of every route that takes its key there. */
export function queryFor(path: string): string {
  const isTwin = /\/record(\/|$)/.test(path)
  return isTwin ? '?key=secret' : (queries[path] ?? '')
}
