import type { BucketRef, Engine, Watch, WatchEvent, WatchQuery } from 'kvasir/engine'

/** What a client asks to be told. */
export interface WatchRequest {
  readonly filter: { readonly key?: string | undefined; readonly prefix?: string | undefined }
  readonly since?: number
  readonly initial?: boolean
  /** The last event that the client has seen; it wins over `since` and `initial`. */
  readonly lastId?: number
}

export interface OpenedWatch {
  /** Where the stream begins; `undefined` when it begins with the entries that exist. */
  readonly revision?: number
  readonly watch: Watch
  readonly events: AsyncIterator<WatchEvent>
}

/**
 * Begins a watch and waits until it is in place. It always begins at a revision that the client is
 * told, so that a client which loses the connection at once can go on from there.
 *
 * @throws {KvasirError} whatever keeps the watch from beginning.
 */
export async function openWatch(
  engine: Engine,
  at: BucketRef,
  request: WatchRequest,
): Promise<OpenedWatch> {
  const { since, initial, lastId } = request
  const filter = withoutAbsent(request.filter)
  const begin = async (query: WatchQuery): Promise<Pick<OpenedWatch, 'watch'>> => {
    const watch = engine.watch(at, query)
    await watch.ready
    return { watch }
  }
  if (initial && lastId !== undefined) {
    // Unfiltered, because only then the change that brings it up to date is sure to come by.
    const { revision: goal } = await engine.getBucket(at)
    const { watch } = await begin({ since: lastId })
    return { watch, revision: lastId, events: caughtUp(watch, { filter, since: lastId, goal }) }
  }
  if (initial) {
    const query: WatchQuery = { ...filter, initial: true }
    const { watch } = await begin(since === undefined ? query : { ...query, since })
    return { watch, events: watch[Symbol.asyncIterator]() }
  }
  const revision = lastId ?? since ?? (await engine.getBucket(at)).revision
  const { watch } = await begin({ ...filter, since: revision })
  return { watch, revision, events: watch[Symbol.asyncIterator]() }
}

/** The events that pass the filter, with `synced` once everything up to `goal` has gone by. */
async function* caughtUp(
  watch: Watch,
  { filter, since, goal }: { filter: WatchQuery; since: number; goal: number },
): AsyncGenerator<WatchEvent> {
  let isSynced = since >= goal
  if (isSynced) yield { kind: 'synced', revision: since }
  let gapTo = 0
  for await (const event of watch) {
    const revision = revisionOf(event)
    // Entries that exist are what is asked for before `synced`, and not what they were between.
    if (event.kind === 'gap' && !isSynced) gapTo = event.to
    else if (passes(event, filter)) yield event
    if (isSynced || revision < goal) continue
    isSynced = true
    yield { kind: 'synced', revision }
    if (gapTo > revision) yield { kind: 'gap', revision, to: gapTo }
  }
}

function passes(event: WatchEvent, { key, prefix }: WatchQuery): boolean {
  if (event.kind === 'clear' || event.kind === 'synced' || event.kind === 'gap') return true
  const changed = event.kind === 'put' ? event.entry.key : event.key
  return key === undefined ? changed.startsWith(prefix ?? '') : changed === key
}

export function revisionOf(event: WatchEvent): number {
  return event.kind === 'put' ? event.entry.revision : event.revision
}

function withoutAbsent({ key, prefix }: WatchRequest['filter']): WatchQuery {
  return { ...(key !== undefined && { key }), ...(prefix !== undefined && { prefix }) }
}
