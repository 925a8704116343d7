import { randomFillSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Random } from '../random.ts'
import { dataPolicies, FileContents, type WritePolicy } from './file-contents.ts'
import type { WriteEvent } from './write-log.ts'

/** Which of the names that were not synced are there. */
const namePolicies = ['none', 'all', 'any', 'inOrder'] as const

/**
 * Builds what a disk may hold when the power goes just before an event.
 *
 * All is there that a sync has covered: of a file its contents, of a directory its names. Of the
 * rest any part may be there: names come and go on their own, and of each sector any state that it
 * had since the last sync. The shared memory is what it happens to be; nobody relies on it.
 */
export function buildImage(
  events: readonly WriteEvent[],
  { cut, random, into }: { cut: number; random: Random; into: string },
): void {
  const past = events.slice(0, cut)
  // What is in doubt is recent, as a rule; now and then it is old.
  const lastInOrder = cut - Math.floor(random.next() ** 3 * cut)
  const policy: WritePolicy = {
    kind: random.pick(dataPolicies),
    seed: random.below(2 ** 31),
    lastInOrder,
    // A file system may make a file longer before the data has come.
    keepsLength: random.chance(0.2),
  }
  const names = namesAt(past, random, lastInOrder)
  mkdirSync(into, { recursive: true })
  for (const [path, file] of [...names].sort(([left], [right]) => left.length - right.length)) {
    if (!isReachable(path, names)) continue
    if (file === directory) mkdirSync(join(into, path))
    else writeFileSync(join(into, path), new FileContents(past, file, policy).bytes())
  }
  addSharedMemory(past, random, { into, names })
}

/** In place of a file's number. */
const directory = -1

type Names = ReadonlyMap<string, number>

function namesAt(past: readonly WriteEvent[], random: Random, lastInOrder: number): Names {
  const policy = random.pick(namePolicies)
  const synced = new Map<string, number>()
  for (const [index, { kind, data }] of past.entries()) {
    if (kind === 'syncDirectory') synced.set(data.toString(), index)
  }
  const lastOf = new Map<string, number>()
  const isThere = (path: string, index: number): boolean => {
    const syncedAt = synced.get(parentOf(path)) ?? -1
    if (index < syncedAt) return true
    if (policy === 'none' || policy === 'all') return policy === 'all'
    if (policy === 'inOrder') return index <= lastInOrder
    // Of one name, later states come after earlier ones.
    const last = lastOf.get(path) ?? syncedAt + random.below(past.length - syncedAt + 1)
    lastOf.set(path, last)
    return index <= last
  }
  const names = new Map<string, number>()
  for (const [index, { kind, file, data }] of past.entries()) {
    const isNaming = kind === 'create' || kind === 'rename' || kind === 'makeDirectory'
    if (!isNaming && kind !== 'unlink') continue
    const path = data.toString()
    if (!isThere(path, index)) continue
    if (isNaming) names.set(path, kind === 'makeDirectory' ? directory : file)
    else names.delete(path)
  }
  return names
}

/** The root itself has the empty path. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function isReachable(path: string, names: Names): boolean {
  const parent = parentOf(path)
  return parent === '' || (names.get(parent) === directory && isReachable(parent, names))
}

function addSharedMemory(
  past: readonly WriteEvent[],
  random: Random,
  { into, names }: { into: string; names: Names },
): void {
  const [database] = [...names.keys()].filter(
    (path) => path.endsWith('.db') && isReachable(path, names),
  )
  if (database === undefined || random.chance(0.4)) return
  const path = join(into, dirname(database), 'kvasir.db-shm')
  const older = past.filter(({ kind }) => kind === 'sharedMemory')
  const old = older[random.below(older.length)]
  writeFileSync(path, old && random.chance(0.5) ? old.data : randomFillSync(Buffer.alloc(32_768)))
}
