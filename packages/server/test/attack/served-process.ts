import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Grant, ServerTimeouts } from '@kvasir/server'
import { onTestFinished } from 'vitest'
import { newDataDirectory } from '../cli/command-harness.ts'

export interface WorkerOptions {
  readonly directory: string
  readonly tokens: Readonly<Record<string, Grant>>
  readonly timeouts?: Partial<ServerTimeouts>
  /** A planted bug: streams of events are read whether their clients read or not. */
  readonly hasGreedyStreams?: boolean
  /** A planted bug: nothing keeps answers within bounds. */
  readonly hasEndlessAnswers?: boolean
  /** The most MiB that the server's heap may take; default: what Node chooses. */
  readonly heapMiB?: number
}

/** `memory` collects garbage before it answers; `peak` does not. */
export type WorkerQuestion = 'url' | 'memory' | 'peak'
export type WorkerAnswer = { readonly url: string } | Memory

export interface Memory {
  readonly rssBytes: number
  /** What is in use: the heap, and the buffers beside it. */
  readonly usedBytes: number
}

export interface ServedProcess {
  readonly url: string
  /** What the server takes up once it has collected its garbage. */
  memory(): Promise<Memory>
  /** What it takes up at this moment. */
  peak(): Promise<Memory>
  isAlive(): boolean
  /** Resolves once it has ended by itself. */
  readonly ended: Promise<void>
  /** What it has written to its outputs. */
  output(): string
}

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const worker = fileURLToPath(new URL('serve-worker.ts', import.meta.url))

/** Starts a server that ends with the test. */
export async function startServedProcess(
  options: Omit<WorkerOptions, 'directory'>,
): Promise<ServedProcess> {
  const given: WorkerOptions = { ...options, directory: await newDataDirectory() }
  const child = fork(worker, [JSON.stringify(given)], {
    cwd: root,
    execArgv: [
      '--expose-gc',
      ...(options.heapMiB === undefined ? [] : [`--max-old-space-size=${options.heapMiB}`]),
      '--import',
      'tsx',
      '--conditions=@kvasir/source',
    ],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const exited = once(child, 'exit').then(() => undefined)
  const ended = exited.then(() => {
    throw new Error(`The server ended: ${output}`)
  })
  ended.catch(() => undefined) // Whoever asks it something is told.
  const ask = async (question: WorkerQuestion): Promise<WorkerAnswer> => {
    const answered = once(child, 'message').then(([answer]) => answer as WorkerAnswer)
    child.send(question)
    return Promise.race([answered, ended])
  }
  const { url } = (await ask('url')) as { url: string }
  return {
    url,
    peak: async () => (await ask('peak')) as Memory,
    memory: async () => (await ask('memory')) as Memory,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    ended: exited,
    output: () => output,
  }
}
