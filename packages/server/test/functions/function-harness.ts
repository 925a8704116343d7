/** Serves directories of functions as `kvasir functions` does, in processes of their own. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { FunctionHost } from '../../src/functions/function-host.ts'
import { serveHost } from '../../src/functions/serve-host.ts'
import { listen } from '../../src/http/listen.ts'
import { type Program, type ProgramOptions, startProgram } from '../cli/process-harness.ts'

/** A host that is asked without a pause has no time left for anything else. */
const pollMs = 20

export type Files = Readonly<Record<string, string>>

/** A directory with these files; it goes when the test is over. */
export async function directoryWith(files: Files): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'kvasir-functions-')))
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  await writeFiles(directory, files)
  return directory
}

export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Asking {
  readonly url: string
  /** The status and the parsed body of an answer. */
  ask(path: string, init?: RequestInit): Promise<Answer>
  /** Asks again until the answer is a certain one: changes of files take a moment to be seen. */
  askUntil(path: string, isAnswer: (answer: Answer) => boolean): Promise<void>
}

export interface Hosted extends Asking {
  /** What was logged so far. */
  readonly log: readonly Record<string, unknown>[]
}

export interface Served extends Program, Asking {
  readonly directory: string
  /** The lines of the log so far. */
  log(): Record<string, unknown>[]
}

/**
 * Hosts the files in this process, over a store that is forgotten: all of the host but for the
 * process of its own, its watchdog, and the watching of files.
 */
export async function hostFiles(files: Files): Promise<Hosted> {
  const root = await directoryWith(files)
  const log: Record<string, unknown>[] = []
  const keep = (fields: object, msg: string): void => void log.push({ ...fields, msg })
  const host = await FunctionHost.open({
    options: {
      root,
      store: { location: 'memory:', durability: 'relaxed' },
      logLevel: 'info',
      watch: false,
      refused: {},
    },
    logger: { info: keep, error: keep },
    watchdog: { allow: ignore, requestBegan: ignore, requestEnded: ignore, requests: 0 },
    loading: ignore,
  })
  const serving = serveHost(host)
  const { server } = serving
  await listen(server, { host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    server.close()
    await serving.stop(0)
    await host.close()
  })
  const { port } = server.address() as AddressInfo
  return { ...asking(`http://127.0.0.1:${port}`), log }
}

function ignore(): void {
  // What it tells is for parts that are not here.
}

/** Serves the files on a free port, in a store that is forgotten. */
export async function serveFiles(files: Files, options: readonly string[] = []): Promise<Served> {
  return serveDirectory(await directoryWith(files), ['--data', 'memory:', ...options])
}

/** Serves a directory on a free port. */
export async function serveDirectory(
  directory: string,
  options: readonly string[] = [],
  programOptions: ProgramOptions = {},
): Promise<Served> {
  const program = startProgram(['functions', directory, '--port', '0', ...options], programOptions)
  await program.until('listening on ')
  const [, url = ''] = /listening on (\S+)/.exec(program.stdout()) ?? []
  const log = () => {
    const lines = program.stderr().split('\n')
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }
  return { ...program, ...asking(url), directory, log }
}

/** A request with a JSON body. */
export function json(value: unknown, method = 'POST'): RequestInit {
  const headers = { 'content-type': 'application/json' }
  return { method, headers, body: JSON.stringify(value) }
}

/** What an answer that reports an error is expected to be. */
export function problem(status: number, code: string, detail: RegExp) {
  const body = { status, code, detail: expect.stringMatching(detail) }
  return { status, body: expect.objectContaining(body) }
}

export function asking(url: string): Asking {
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init)
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }
  const askUntil = async (path: string, isAnswer: (answer: Answer) => boolean) => {
    while (!isAnswer(await ask(path))) await setTimeout(pollMs)
  }
  return { url, ask, askUntil }
}

/** For `askUntil`: whether this is the body of the answer. */
export function isBody(expected: unknown) {
  return ({ body }: Answer): boolean => isDeepStrictEqual(body, expected)
}
