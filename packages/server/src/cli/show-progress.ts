import { Writable } from 'node:stream'
import type { Progress } from 'kvasir/maintenance'
import type { Io } from './io.ts'

/** Runs with a way to tell how far it has come: a bar on stderr, where that is a terminal. */
export async function withProgress<Result>(
  io: Io,
  run: (onProgress: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  if (io.stderr.isTTY !== true) return run(() => undefined)
  const { default: progress } = await import('cli-progress')
  const bar = new progress.SingleBar({
    stream: terminalOf(io),
    format: '{bar} {percentage} % of {total} rows',
    clearOnComplete: true,
    hideCursor: true,
  })
  bar.start(1, 0)
  try {
    return await run(({ done, total }) => {
      bar.setTotal(total)
      bar.update(done)
    })
  } finally {
    bar.stop()
  }
}

/** The bar wants a stream of Node's, with the members of a terminal's. */
function terminalOf({ stderr }: Io): Writable {
  const stream = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      stderr.write(chunk, done)
    },
  })
  return Object.assign(stream, { isTTY: true, columns: 80 })
}
