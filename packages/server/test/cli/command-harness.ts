/** Runs commands in this process with captured streams, on data directories that clean up after. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from 'kvasir'
import { onTestFinished } from 'vitest'
import type { Io, OutputStream } from '../../src/cli/io.ts'
import { runCli } from '../../src/cli/run-cli.ts'

/** A stream that keeps what is written and can be waited on. */
export class CapturedStream implements OutputStream {
  readonly isTTY: boolean
  readonly #chunks: Buffer[] = []
  readonly #waiting = new Set<() => void>()

  constructor(isTTY = false) {
    this.isTTY = isTTY
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString('utf8')
  }

  write(chunk: string | Uint8Array, done: (error?: Error | null) => void): void {
    this.#chunks.push(Buffer.from(chunk))
    done()
    for (const look of this.#waiting) look()
  }

  /** Resolves once the text has been written. */
  until(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.text.includes(text)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

export interface Given {
  readonly stdin?: string | Uint8Array
  readonly env?: Io['env']
  readonly isTTY?: boolean
  readonly signal?: AbortSignal
  readonly stdout?: OutputStream
}

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly stdout: CapturedStream
  readonly stderr: CapturedStream
  readonly ended: Promise<number>
}

/** Starts a command without waiting for its end. */
export function startKvasir(argv: readonly string[], given: Given = {}): Started {
  const stdout = new CapturedStream(given.isTTY)
  const stderr = new CapturedStream(given.isTTY)
  const ended = runCli(argv, {
    stdin: toStdin(given.stdin),
    stdout: given.stdout ?? stdout,
    stderr,
    env: given.env ?? {},
    signal: given.signal ?? new AbortController().signal,
  })
  return { stdout, stderr, ended }
}

/** Runs a command to its end. */
export async function kvasir(argv: readonly string[], given: Given = {}): Promise<Ended> {
  const { stdout, stderr, ended } = startKvasir(argv, given)
  const exitCode = await ended
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}

/** The path of a data directory that does not exist yet. */
export async function newDataDirectory(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'kvasir-cli-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return join(home, 'data')
}

/** A data directory whose project `default` holds some values. */
export async function dataDirectoryWith(values: Readonly<Record<string, unknown>>) {
  const directory = await newDataDirectory()
  await using store = await openStore(directory, { durability: 'relaxed' })
  const entries = Object.entries(values).map(([key, value]) => ({ key, value }))
  await store.project().kv().setMany(entries)
  return directory
}

/** Everything that a project holds, and how often it was written. */
export async function contentsOf(directory: string, project = 'default'): Promise<unknown> {
  await using store = await openStore(directory, { durability: 'relaxed' })
  const contents: unknown[] = []
  for await (const info of store.project(project).buckets()) {
    const bucket = await store.project(project).bucket(info.name)
    contents.push(info)
    for await (const entry of bucket.entries()) contents.push(entry)
  }
  return contents
}

async function* toStdin(content: string | Uint8Array = ''): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}
