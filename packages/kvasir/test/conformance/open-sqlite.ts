import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock, type OpenedEngine } from 'kvasir/conformance'
import { openEngine } from 'kvasir/engine'
import { checkStore } from 'kvasir/maintenance'

/** A SQLite engine in a directory of its own, for one test. */
export async function openSqlite(): Promise<OpenedEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-conformance-'))
  return openAt(directory, { clock: new ManualClock(), atEnd: async () => undefined })
}

/** The same, at whose end the doctor looks at the store. */
export async function openCheckedSqlite(): Promise<OpenedEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-conformance-'))
  const atEnd = async (): Promise<void> => {
    const [finding] = (await checkStore(directory)).findings
    if (finding) throw new Error(`The store is left damaged: ${finding.message}`)
  }
  return openAt(directory, { clock: new ManualClock(), atEnd })
}

async function openAt(
  directory: string,
  given: { clock: ManualClock; atEnd: () => Promise<void> },
): Promise<OpenedEngine> {
  const { clock, atEnd } = given
  const engine = await openEngine(directory, { clock })
  return {
    engine,
    clock,
    async close() {
      await engine.close()
      try {
        await atEnd()
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    },
    async reopen() {
      await engine.close()
      return openAt(directory, given)
    },
  }
}
