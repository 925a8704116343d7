import type { Duplex } from 'node:stream'
import { socketLimits } from '../limits/server-limits.ts'

export interface HelloOptions {
  readonly withinMs: number
  /** It has not come in time. */
  missed(): void
  /** More has come than any hello has. */
  tooLong(): void
}

/**
 * Waits for a client to say who it is, until the function that it answers is called: nobody keeps a
 * connection, or memory, who has not.
 */
export function awaitHello(
  stream: Duplex,
  { withinMs, missed, tooLong }: HelloOptions,
): () => void {
  let bytes = 0
  const timer = setTimeout(missed, withinMs)
  const count = (chunk: Buffer): void => {
    bytes += chunk.byteLength
    if (bytes <= socketLimits.helloBytesMax) return
    end()
    tooLong()
  }
  const end = (): void => {
    clearTimeout(timer)
    stream.off('data', count)
  }
  stream.on('data', count)
  return end
}
