import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect } from 'vitest'

const childPath = fileURLToPath(new URL('./child.ts', import.meta.url))

/** How a child ends in which a rejection went unhandled. */
export const unhandledCode = 86

const started: ChildProcess[] = []

/** How the children have ended that were started since this was last asked. */
export function takeExitCodes(): (number | null)[] {
  return started.splice(0).map(({ exitCode }) => exitCode)
}

afterEach(() => expect(takeExitCodes()).not.toContain(unhandledCode))

export interface ChildOptions {
  readonly durability?: 'durable' | 'relaxed'
  /** A command that runs the child, given as its arguments. */
  readonly wrapper?: readonly string[]
}

/** Starts a task of `child.ts` in a process of its own. */
export function startChild(
  [task, directory, argument = '']: readonly [task: string, directory: string, argument?: string],
  { durability = 'durable', wrapper = [] }: ChildOptions = {},
): ChildProcess {
  const command = [process.execPath, '--import', 'tsx', childPath, task, directory, argument]
  const [file = '', ...words] = [...wrapper, ...command]
  const child = spawn(file, words, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, KVASIR_TEST_DURABILITY: durability },
  })
  started.push(child)
  return child
}

/** Waits until a child has ended well. */
export async function finish(child: ChildProcess): Promise<void> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code !== 0) throw new Error(`The child ended with ${code ?? signal}.`)
}

export async function runChild(
  words: readonly [task: string, directory: string, argument?: string],
  options?: ChildOptions,
): Promise<void> {
  await finish(startChild(words, options))
}

/** A wrapper that runs shell commands first, in the child's own process. */
export function afterShell(commands: string): readonly string[] {
  return ['sh', '-c', `${commands} && exec "$@"`, 'sh']
}
