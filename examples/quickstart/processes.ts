/** Starts the programs and the server as processes of their own, for the tour and for the test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const repository = join(import.meta.dirname, '../..')
const kvasir = join(repository, 'packages/server/src/cli/main.ts')
const fromSource = ['--import', 'tsx', '--conditions=@kvasir/source']
const running = new Set<Program>()

// Whatever ends us, nothing of ours goes on running.
process.on('exit', () => {
  for (const program of running) program.kill('SIGKILL')
})

/** Where a server is and how to talk to it. */
export interface Place {
  readonly data: string
  readonly port: number
  readonly token: string
}

/** Starts one of the programs beside this file. */
export function startProgram(file: string, args: readonly string[], { port, token }: Place) {
  return new Program([join(import.meta.dirname, file), ...args], {
    KVASIR_URL: `http://127.0.0.1:${port}`,
    KVASIR_TOKEN: token,
  })
}

/** Starts `kvasir serve`; resolves once it listens. */
export async function startServer({ data, port }: Omit<Place, 'token'>): Promise<Program> {
  const server = new Program([kvasir, 'serve', '--data', data, '--port', String(port)])
  await server.waitFor('stdout', (line) => line.includes('listening on'))
  return server
}

/** Makes a token with `kvasir token create`. */
export async function createToken(data: string): Promise<string> {
  const created = new Program([kvasir, 'token', 'create', '--data', data, '--label', 'quickstart'])
  return created.waitFor('stdout', () => true)
}

/** A port that is free now, and below those that the system hands out by itself. */
export async function findFreePort(): Promise<number> {
  for (let port = 10_000 + (process.pid % 10_000); ; port++) {
    const probe = createServer().listen(port, '127.0.0.1')
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}

export async function endAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.end('SIGKILL')))
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process and the lines that it has printed. */
export class Program {
  readonly stdout: string[] = []
  readonly stderr: string[] = []
  /** Settles when the process is gone and all that it printed has been read. */
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #name: string
  readonly #sleepers = new Set<() => void>()
  #exit: Exit | undefined

  constructor(argv: readonly string[], env: Record<string, string> = {}) {
    this.#name = argv.join(' ').replaceAll(`${repository}/`, '')
    const child = spawn(process.execPath, [...fromSource, ...argv], {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    running.add(this)
    for (const stream of ['stdout', 'stderr'] as const) {
      createInterface({ input: child[stream] }).on('line', (line) => {
        this[stream].push(line)
        this.#wake()
      })
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        running.delete(this)
        this.#exit = { code, signal }
        this.#wake()
        resolve(this.#exit)
      })
    })
  }

  /** Resolves with the first line that `isIt` says is it, printed already or still to come. */
  async waitFor(
    stream: 'stdout' | 'stderr',
    isIt: (line: string, index: number) => boolean,
  ): Promise<string> {
    for (let index = 0; ; ) {
      const line = this[stream][index]
      if (line !== undefined) {
        if (isIt(line, index)) return line
        index++
      } else if (this.#exit) {
        throw new Error(`${this.#name} ended too early, saying:\n${this.stderr.join('\n')}`)
      } else {
        await new Promise<void>((resolve) => this.#sleepers.add(resolve))
      }
    }
  }

  /** Waits for the end of the process, and throws what it said if it was a bad one. */
  async finish(): Promise<void> {
    const { code } = await this.exited
    if (code !== 0) throw new Error(`${this.#name} failed, saying:\n${this.stderr.join('\n')}`)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Kills the process and resolves once it is gone. */
  end(signal: NodeJS.Signals): Promise<Exit> {
    this.kill(signal)
    return this.exited
  }

  #wake(): void {
    for (const wakeUp of this.#sleepers) wakeUp()
    this.#sleepers.clear()
  }
}
