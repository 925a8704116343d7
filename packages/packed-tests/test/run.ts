// Runs a program in a consumer's directory and collects what it said.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Outcome {
  status: number | null
  stdout: string
  stderr: string
}

export function run(cwd: string, args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  return { status, stdout: stdout.trim(), stderr: stderr.trim() }
}

/** Writes a program into the consumer's directory and runs it with Node. */
export function runProgram(cwd: string, program: { name: string; text: string }): Outcome {
  writeFileSync(join(cwd, program.name), program.text)
  return run(cwd, ['--no-warnings', program.name])
}
