/** Records what a process leaves on its disk, and looks at what power cuts would make of it. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleProgram, compileC } from '../build-tools.ts'
import type { Judgement, JudgeTask } from './judge-program.ts'
import type { RecordingTask } from './recording.ts'

export interface PowerCuts {
  readonly recording: Omit<RecordingTask, 'store' | 'acks' | 'control'>
  readonly images: number
  /** Processes that judge at the same time. */
  readonly judges?: number
}

const run = promisify(execFile)

export async function cutPower({ recording, images, judges = 1 }: PowerCuts): Promise<Judgement> {
  const scratch = mkdtempSync(join(memoryDirectory(), 'kvasir-power-'))
  try {
    const [shim, recorder, judge] = await Promise.all([
      compileC('io-shim', 'library'),
      bundleProgram(new URL('./record-program.ts', import.meta.url)),
      bundleProgram(new URL('./judge-program.ts', import.meta.url)),
    ])
    const places = placesIn(scratch)
    const task: RecordingTask = { ...recording, ...places }
    await run(process.execPath, [recorder, JSON.stringify(task)], {
      env: {
        ...process.env,
        LD_PRELOAD: shim,
        IO_SHIM_ROOT: places.disk,
        IO_SHIM_LOG: places.log,
        IO_SHIM_ACKS: places.acks,
        IO_SHIM_CONTROL: places.control,
        UV_USE_IO_URING: '0',
      },
    })
    const shares = Array.from({ length: judges }, (_, index): JudgeTask => {
      const share = Math.ceil(images / judges)
      const seed = recording.seed * 1_000_000 + index * share
      return { recording: task, log: places.log, scratch, seed, images: share }
    })
    const judgements = await Promise.all(shares.map((share) => runJudge(judge, share)))
    return together(judgements)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function runJudge(program: string, task: JudgeTask): Promise<Judgement> {
  const argv = ['--expose-gc', program, JSON.stringify(task)]
  const { stdout } = await run(process.execPath, argv, { maxBuffer: 2 ** 24 })
  return JSON.parse(stdout) as Judgement
}

function together(judgements: readonly Judgement[]): Judgement {
  const [{ events, acknowledged } = { events: 0, acknowledged: 0 }] = judgements
  const images = judgements.reduce((sum, judgement) => sum + judgement.images, 0)
  return { events, acknowledged, images, findings: judgements.flatMap(({ findings }) => findings) }
}

function placesIn(scratch: string) {
  const disk = join(scratch, 'disk')
  mkdirSync(disk)
  const [store, log] = [join(disk, 'store'), join(scratch, 'log')]
  return { disk, store, log, acks: join(scratch, 'acks'), control: join(scratch, 'control') }
}

/** Images are written and read in memory, where there is a file system for that. */
export function memoryDirectory(): string {
  return process.platform === 'linux' ? '/dev/shm' : tmpdir()
}
