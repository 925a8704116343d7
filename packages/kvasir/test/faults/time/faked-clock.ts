import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (architecture) => `/usr/lib/${architecture}/faketime/libfaketime.so.1`,
)

/** A wall clock that is set to and fro under processes that run; their monotonic clock is true. */
export class FakedClock {
  /** For processes that are to have this clock. */
  readonly env: Readonly<Record<string, string>>
  readonly #directory = mkdtempSync(join(tmpdir(), 'kvasir-clock-'))
  readonly #path = join(this.#directory, 'offset')
  #offsetMs = 0

  /** @throws {Error} that names the Debian package, where libfaketime is missing. */
  constructor() {
    const library = libraries.find((path) => existsSync(path))
    if (library === undefined) {
      throw new Error('These tests need libfaketime. On Debian: apt-get install faketime.')
    }
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#path,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    }
    this.shift(0)
  }

  /** What the processes take for the time. */
  wallMs(): number {
    return Date.now() + this.#offsetMs
  }

  shift(byMs: number): void {
    this.#offsetMs += byMs
    const seconds = this.#offsetMs / 1000
    writeFileSync(`${this.#path}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
    // At once: the processes read the file whenever they look at the clock.
    renameSync(`${this.#path}.new`, this.#path)
  }

  /** To be called when its processes have ended. */
  remove(): void {
    rmSync(this.#directory, { recursive: true })
    removeSharedMemory()
  }
}

const sharedMemory = '/dev/shm'

/** Removes what libfaketime has made for processes that were killed, in earlier runs as well. */
function removeSharedMemory(): void {
  for (const name of readdirSync(sharedMemory)) {
    const [, pid] = /^(?:faketime_shm|sem\.faketime_sem)_(\d+)$/.exec(name) ?? []
    if (pid === undefined || isRunning(Number(pid))) continue
    rmSync(join(sharedMemory, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
