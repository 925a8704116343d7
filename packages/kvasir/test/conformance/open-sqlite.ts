import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock, type OpenedEngine } from 'kvasir/conformance'
import { openEngine } from 'kvasir/engine'

/** A SQLite engine in a directory of its own, for one test. */
export async function openSqlite(): Promise<OpenedEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-conformance-'))
  return openAt(directory, new ManualClock())
}

async function openAt(directory: string, clock: ManualClock): Promise<OpenedEngine> {
  const engine = await openEngine(directory, { clock })
  return {
    engine,
    clock,
    async close() {
      await engine.close()
      await rm(directory, { recursive: true, force: true })
    },
    async reopen() {
      await engine.close()
      return openAt(directory, clock)
    },
  }
}
