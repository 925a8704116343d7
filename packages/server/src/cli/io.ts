/** What a command has of the world. `main.ts` gives it the process; tests give it their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted when the command is asked to stop. */
  readonly signal: AbortSignal
}

export interface OutputStream {
  readonly isTTY?: boolean
  write(chunk: string | Uint8Array, done: (error?: Error | null) => void): unknown
}

/** Says that nobody reads the output any more: `kvasir ls | head` ends like this. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

/** Writes and waits until the chunk has been taken, so that a slow reader slows the command. */
export function writeTo(stream: OutputStream, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (!error) return resolve()
      reject(isClosedPipe(error) ? new OutputClosed('Nobody reads the output.') : error)
    })
  })
}

function isClosedPipe(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
}
