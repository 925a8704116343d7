import { KvasirError } from '../../errors/kvasir-error.ts'
import type { CoreSettings } from './core-settings.ts'
import { openCore, type SqliteCore } from './sqlite-core.ts'

// Within a process everybody who opens a directory shares one connection: two would compete for the
// lock, and their writes could not share transactions.

interface SharedCore {
  readonly opening: Promise<SqliteCore>
  readonly durability: CoreSettings['durability']
  users: number
  closing: Promise<void> | undefined
}

const sharedCores = new Map<string, SharedCore>()

export interface CoreLease {
  readonly core: SqliteCore
  /** Gives the core back; the last one to do so closes it. */
  release(): Promise<void>
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` when it is open with another durability. */
export async function leaseCore(directory: string, settings: CoreSettings): Promise<CoreLease> {
  for (let open = sharedCores.get(directory); open?.closing; open = sharedCores.get(directory)) {
    await open.closing
  }
  const shared = sharedCores.get(directory) ?? openShared(directory, settings)
  if (shared.durability !== settings.durability) throw otherDurability(shared, settings)
  shared.users++
  const core = await shared.opening
  return { core, release: () => release(directory, shared) }
}

function openShared(directory: string, settings: CoreSettings): SharedCore {
  const shared: SharedCore = {
    opening: openCore(directory, settings),
    durability: settings.durability,
    users: 0,
    closing: undefined,
  }
  sharedCores.set(directory, shared)
  // Whoever asked for it is told of the failure; the next one tries anew.
  shared.opening.catch(() => sharedCores.delete(directory))
  return shared
}

async function release(directory: string, shared: SharedCore): Promise<void> {
  shared.users--
  if (shared.users > 0) return
  const core = await shared.opening
  shared.closing = core.close().finally(() => sharedCores.delete(directory))
  await shared.closing
}

function otherDurability(shared: SharedCore, { durability }: CoreSettings): KvasirError {
  return new KvasirError(
    'KV_INVALID_ARGUMENT',
    `The data directory is open in this process with durability "${shared.durability}", and "${durability}" was asked for. Use the same for both, or close the other store first.`,
  )
}
