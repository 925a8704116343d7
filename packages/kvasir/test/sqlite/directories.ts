import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { BucketRef, Engine } from '../../src/engine/engine.ts'
import type { Entry } from '../../src/engine/entry.ts'
import type { Operation } from '../../src/engine/operation.ts'
import {
  openSqliteEngine,
  type SqliteEngineOptions,
} from '../../src/engines/sqlite/sqlite-engine.ts'

/** The bucket that most tests use. */
export const at: BucketRef = { project: 'shop', bucket: 'default' }

const made: string[] = []
const opened: Engine[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()))
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** An empty directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kvasir-sqlite-'))
  made.push(directory)
  return directory
}

/** Opens an engine that is closed after the test, if the test has not done so. */
export async function open(directory: string, options?: SqliteEngineOptions): Promise<Engine> {
  const engine = await openSqliteEngine(directory, options)
  opened.push(engine)
  return engine
}

export function put(key: string, text: string, ttlMs?: number): Operation {
  const value = { kind: 'text', data: text } as const
  return { op: 'put', key, value, ...(ttlMs !== undefined && { expiry: { ttlMs } }) }
}

export function textOf(entry: Entry | undefined): string | undefined {
  return entry?.value.kind === 'text' ? entry.value.data : undefined
}
