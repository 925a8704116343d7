/** Serves directories of functions as `kvasir functions` does, in processes of their own. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Program, startProgram } from '../cli/process-harness.ts'

export type Files = Readonly<Record<string, string>>

/** A directory with these files; it goes when the test is over. */
async function directoryWith(files: Files): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'kvasir-functions-')))
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  await writeFiles(directory, files)
  return directory
}

async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

export interface Served extends Program {
  readonly url: string
  readonly directory: string
  /** The status and the parsed body of an answer. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }>
  /** The lines of the log so far. */
  log(): Record<string, unknown>[]
}

/** Serves the files on a free port, in a store that is forgotten. */
export async function serveFiles(files: Files, options: readonly string[] = []): Promise<Served> {
  return serveDirectory(await directoryWith(files), ['--data', 'memory:', ...options])
}

/** Serves a directory on a free port. */
async function serveDirectory(directory: string, options: readonly string[] = []): Promise<Served> {
  const program = startProgram(['functions', directory, '--port', '0', ...options])
  await program.until('listening on ')
  const [, url = ''] = /listening on (\S+)/.exec(program.stdout()) ?? []
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init)
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }
  const log = () => {
    const lines = program.stderr().split('\n')
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }
  return { ...program, url, directory, ask, log }
}
