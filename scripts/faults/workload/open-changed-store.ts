import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { Engine } from '../../../packages/kvasir/src/engine/engine.ts'
import {
  loadSqliteDriver,
  type SqliteDriver,
} from '../../../packages/kvasir/src/engines/sqlite/sqlite-driver.ts'
import { openSqliteEngine } from '../../../packages/kvasir/src/engines/sqlite/sqlite-engine.ts'
import { createFullStore } from '../../../packages/kvasir/src/store/full-store.ts'
import type { Project } from '../../../packages/kvasir/src/store/project.ts'
import { changedDriver, type DriverChanges } from '../planted-driver.ts'

export type Durability = 'durable' | 'relaxed'

export interface OpenedStore {
  readonly engine: Engine
  readonly project: Project
  readonly driver: SqliteDriver
}

const pagesNeverReached = 1_000_000_000

/** Opens a data directory as users do, but for what a test has changed. */
export async function openChangedStore(
  directory: string,
  { durability, ...changes }: DriverChanges & { readonly durability: Durability },
): Promise<OpenedStore> {
  const driver = changedDriver(await loadSqliteDriver(), changes)
  const isAutomatic = changes.plant === 'automatic-checkpoints'
  const checkpointPages = isAutomatic ? pagesNeverReached : changes.checkpointPages
  if (changes.plant === 'no-background-sync') leaveOutBackgroundSyncs()
  const { backgroundSyncs } = changes
  const engine = await openSqliteEngine(directory, {
    durability,
    driver,
    checkpointPages,
    backgroundSyncs,
  })
  return { engine, driver, project: createFullStore(engine).project('shop') }
}

function leaveOutBackgroundSyncs(): void {
  const notAtAll = (_file: number, callback: fs.NoParamCallback): void => callback(null)
  fs.fdatasync = notAtAll as typeof fs.fdatasync
  syncBuiltinESMExports()
}
