#!/usr/bin/env node
/** The program `kvasir`: the one place that reads the process, and ends it. */
import { constants } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runCli } from './run-cli.ts'

silenceSqliteWarning()
// V8 learns from one load, such as a bulk import, to make objects of some places as old ones, and
// does not unlearn it. Old objects that are garbage keep young ones: under the next load a quarter
// of all there is outlives its collection.
setFlagsFromString('--no-allocation-site-pretenuring')
const stopping = new AbortController()
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Whoever asks a second time does not want to wait.
    if (stopping.signal.aborted) process.exit(128 + constants.signals[name])
    stopping.abort()
  })
}
for (const stream of [process.stdout, process.stderr]) {
  // Each write reports its failure to its caller; without a listener it would also be thrown.
  stream.on('error', () => undefined)
}

// `runCli` never rejects, and top-level await is not for published files.
void runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: stopping.signal,
}).then((exitCode) => process.exit(exitCode))

/** Node 22 and 24 call their SQLite experimental on every start, which no user can change. */
function silenceSqliteWarning(): void {
  const emitWarning = process.emitWarning.bind(process) as (...warning: unknown[]) => void
  const emitOthers = (...warning: unknown[]): void => {
    const [message, type] = warning
    const isSqlite = type === 'ExperimentalWarning' && String(message).includes('SQLite')
    if (!isSqlite) emitWarning(...warning)
  }
  process.emitWarning = emitOthers as typeof process.emitWarning
}
