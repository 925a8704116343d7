import type { BucketRef, CallOptions, Engine, ListPage, ListQuery } from '../engine/engine.ts'

const pageSizeMax = 8 * 1024 * 1024

/** A page of a listing, which ends early before its values take more than 8 MiB. */
export function readPage(
  { engine, options }: { readonly engine: Engine; readonly options?: CallOptions },
  at: BucketRef,
  query: ListQuery,
): Promise<ListPage> {
  return engine.list(at, { ...query, sizeMax: pageSizeMax }, options)
}
