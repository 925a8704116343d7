/** Lets calls of the system fail under stores, in processes that must survive it. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleProgram, compileC } from '../build-tools.ts'
import type { DriverChanges } from '../planted-driver.ts'
import { memoryDirectory } from '../power-cuts/cut-power.ts'
import type { FailingCall, FailingReport, FailingTask } from './failing-call.ts'

const run = promisify(execFile)

/** Rejects when a process dies. */
export async function failCalls(
  calls: readonly FailingCall[],
  changes: DriverChanges = {},
): Promise<FailingReport> {
  const scratch = mkdtempSync(join(memoryDirectory(), 'kvasir-failing-'))
  const stores = join(scratch, 'stores')
  const control = join(scratch, 'control')
  mkdirSync(stores)
  try {
    const [shim, program] = await Promise.all([
      compileC('io-shim', 'library'),
      bundleProgram(new URL('./failing-program.ts', import.meta.url)),
    ])
    const task: FailingTask = { checkpointPages: 60, ...changes, scratch: stores, control, calls }
    const shimmed = {
      LD_PRELOAD: shim,
      IO_SHIM_ROOT: stores,
      IO_SHIM_CONTROL: control,
      UV_USE_IO_URING: '0',
    }
    const { stdout } = await run(process.execPath, ['--expose-gc', program, JSON.stringify(task)], {
      env: { ...process.env, ...shimmed },
      maxBuffer: 2 ** 24,
    })
    return JSON.parse(stdout) as FailingReport
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
