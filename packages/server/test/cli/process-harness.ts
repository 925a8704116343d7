/** Runs the program itself, from source, in processes of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Ended } from './command-harness.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const main = 'packages/server/src/cli/main.ts'

export interface Program {
  readonly child: ChildProcess
  /** What has been written so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves once the text has been written to either; rejects if the program ends before. */
  until(text: string): Promise<void>
  readonly ended: Promise<Ended>
}

/** What starts `kvasir` with the arguments. */
export function programCommand(argv: readonly string[]) {
  const args = ['--import', 'tsx', '--conditions=@kvasir/source', main, ...argv]
  return { command: process.execPath, args, cwd: root }
}

export interface ProgramOptions {
  readonly stdin?: string
  /** Options of Node itself, for this process and those that it starts. */
  readonly nodeOptions?: readonly string[]
}

/** Starts `kvasir` with the arguments; it is killed when the test is over. */
export function startProgram(
  argv: readonly string[],
  { stdin, nodeOptions = [] }: ProgramOptions = {},
): Program {
  const { command, args, cwd } = programCommand(argv)
  const child = spawn(command, [...nodeOptions, ...args], { cwd, env: { PATH: process.env.PATH } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      written[name] += chunk
    })
  }
  if (stdin !== undefined) child.stdin.end(stdin)
  const ended = once(child, 'close').then(([code, signal]) => ({
    exitCode: code ?? signal,
    ...written,
  }))
  const until = async (text: string): Promise<void> => {
    const over = ended.then(({ stderr }) => {
      throw new Error(`The program ended before it said ${JSON.stringify(text)}: ${stderr}`)
    })
    const hasText = () => (written.stdout + written.stderr).includes(text)
    while (!hasText()) {
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), over])
    }
    over.catch(() => undefined) // Ending later is what programs do.
  }
  return { child, stdout: () => written.stdout, stderr: () => written.stderr, until, ended }
}

/** Runs `kvasir` to its end. */
export function runProgram(argv: readonly string[], stdin = ''): Promise<Ended> {
  return startProgram(argv, { stdin }).ended
}

/** Starts `kvasir serve` on a free port and answers its address once it listens. */
export async function startServing(
  data: string,
  options: readonly string[] = [],
): Promise<Program & { readonly url: string }> {
  const program = startProgram(['serve', '--data', data, '--port', '0', ...options])
  await program.until('listening on ')
  const [, url = ''] = /listening on (\S+)/.exec(program.stdout()) ?? []
  return { ...program, url }
}
