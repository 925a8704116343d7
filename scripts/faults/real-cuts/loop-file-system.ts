import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { compileC } from '../build-tools.ts'

const run = promisify(execFile)
const attemptsMax = 100
const attemptPauseMs = 200

/** A real file system of its own, whose power can be cut: ext4 on a loop device. */
export class LoopFileSystem {
  readonly directory: string
  readonly #scratch: string
  readonly #device: string
  readonly #shutDown: string

  /** @throws {Error} where the machine has no loop devices, or does not let us mount. */
  static async create(): Promise<LoopFileSystem> {
    const scratch = mkdtempSync(join(tmpdir(), 'kvasir-disk-'))
    const image = join(scratch, 'image')
    let device = ''
    try {
      await run('truncate', ['-s', '256M', image])
      await run('mkfs.ext4', ['-q', '-F', image])
      device = (await run('losetup', ['-f', '--show', image])).stdout.trim()
      const shutDown = await compileC('shut-down-fs', 'program')
      const made = new LoopFileSystem(scratch, device, shutDown)
      await made.#mount()
      return made
    } catch (error) {
      if (device) await run('losetup', ['-d', device])
      rmSync(scratch, { recursive: true })
      throw error
    }
  }

  private constructor(scratch: string, device: string, shutDown: string) {
    this.#scratch = scratch
    this.#device = device
    this.#shutDown = shutDown
    this.directory = join(scratch, 'disk')
    mkdirSync(this.directory)
  }

  /** From now on every call on it fails, and what was not synced is gone. */
  async cutPower(): Promise<void> {
    await run(this.#shutDown, [this.directory])
  }

  /** Brings it back with what is on the disk; nobody may have a file of it open. */
  async restore(): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      await run('umount', [this.directory])
      await this.#mount()
      if (await this.#isAlive()) return
      // A process that has just unshared its mounts has this one, too, and keeps it in its fallen
      // state until it ends.
      await sleep(attemptPauseMs)
    }
    throw new Error('The file system stays shut down: something else has it mounted.')
  }

  async remove(): Promise<void> {
    await run('umount', [this.directory])
    await run('losetup', ['-d', this.#device])
    rmSync(this.#scratch, { recursive: true })
  }

  async #isAlive(): Promise<boolean> {
    try {
      await writeFile(join(this.directory, 'probe'), '')
      return true
    } catch {
      return false // It answers everything with an I/O error.
    }
  }

  async #mount(): Promise<void> {
    await run('mount', [this.#device, this.directory])
  }
}
