import type { BucketRef, Engine } from '../../../src/engine/engine.ts'
import type { Entry } from '../../../src/engine/entry.ts'
import type { CommitResult, Operation, OperationResult } from '../../../src/engine/operation.ts'
import type { Revised } from '../linearizability/with-revisions.ts'

/** Where and how a move is made. */
export interface Board {
  readonly engine: Engine
  readonly at: BucketRef
  readonly signal?: AbortSignal
}

/** Something that a client does to an object: what the model is told, and how it is done. */
export interface Move<Input, Output> {
  readonly input: Input
  make(board: Board): Promise<Revised<Output>>
}

/** What draws of moves take their choices from. */
export interface Draw {
  /** From 0 to below 1. */
  random(): number
  /** A text that nobody else in the history writes. */
  unique(): string
  /** What this client has last seen of the object, with its revision. */
  readonly last: { entry?: Entry }
}

export function pick<Item>(items: readonly [Item, ...Item[]], { random }: Draw): Item {
  return items[Math.floor(random() * items.length)] ?? items[0]
}

export function text(data: string) {
  return { kind: 'text', data } as const
}

export function textOf(entry: Entry | undefined): string | null {
  return entry ? String(entry.value.data) : null
}

/** Commits, with no condition that could fail. */
export async function commit(
  board: Board,
  operations: readonly Operation[],
): Promise<OperationResult> {
  const committed = await tryCommit(board, operations)
  const last = committed.ok ? committed.results.at(-1) : undefined
  if (last) return last
  throw new Error(`An unconditional commit failed: ${JSON.stringify(committed)}`)
}

export function tryCommit(
  { engine, at, signal }: Board,
  operations: readonly Operation[],
): Promise<CommitResult> {
  return engine.commit(at, operations, signal ? { signal } : {})
}

/** The answer to something that may have written. */
export function revised<Output>(
  answer: Output,
  { changed, revision }: Pick<OperationResult, 'changed' | 'revision'>,
): Revised<Output> {
  return changed ? { answer, revision, isNew: true } : { answer }
}

/** The answer to something that only looked. */
export function looked<Output>(answer: Output, entry: Entry | undefined): Revised<Output> {
  return entry ? { answer, revision: entry.revision } : { answer }
}

/** All ways to the entry under a key. */
export const sights: readonly [Sight, ...Sight[]] = [
  ({ engine, at }, key) => engine.get(at, key),
  async ({ engine, at }, key) => (await engine.read(at, [{ key }]))[0]?.entry,
  async ({ engine, at }, key) => {
    const { entries } = await engine.list(at, { order: 'key', prefix: key, limit: 1 })
    return entries[0] as Entry | undefined
  },
  async ({ engine, at }, key) => {
    const [change] = await engine.history(at, key, { limit: 1 })
    return change?.kind === 'put' ? change.entry : undefined
  },
]

type Sight = (board: Board, key: string) => Promise<Entry | undefined>
