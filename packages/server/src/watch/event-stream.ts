import { KvasirError } from 'kvasir'
import type { WatchEvent } from 'kvasir/engine'
import { toProblem, writeChange, writeStreamEvent } from 'kvasir/protocol'
import { type OpenedWatch, revisionOf } from './open-watch.ts'

export interface EventStreamOptions {
  readonly heartbeatMs: number
  /** Asked with every heartbeat: a revoked token ends the stream. */
  readonly stillAllowed: () => Promise<boolean>
  /** Aborts when the server shuts down, which ends the stream in peace. */
  readonly draining?: AbortSignal
}

/**
 * A watch as the bytes of an event stream. It asks the watch for an event only when the client has
 * room for one, so that nothing piles up for a client that does not read.
 */
export function streamEvents(
  { watch, events, revision }: OpenedWatch,
  options: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const stop = (): void => void watch.close()
  options.draining?.addEventListener('abort', stop, { once: true })
  if (options.draining?.aborted) stop()
  const finish = async (): Promise<void> => {
    options.draining?.removeEventListener('abort', stop)
    await watch.close()
  }
  let awaited: Promise<IteratorResult<WatchEvent>> | undefined

  const nextText = async (): Promise<string | undefined> => {
    awaited ??= events.next()
    const step = await orBeat(awaited, options.heartbeatMs)
    if (step === 'beat') {
      if (await options.stillAllowed()) return ': still here\n\n'
      throw new KvasirError('KV_UNAUTHENTICATED', 'The token has been revoked.')
    }
    awaited = undefined
    return step.done ? undefined : writeEvent(step.value)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(readyEvent(revision)))
      },
      async pull(controller) {
        try {
          const text = await nextText()
          if (text !== undefined) return controller.enqueue(encoder.encode(text))
        } catch (error) {
          controller.enqueue(encoder.encode(errorEvent(error)))
        }
        controller.close()
        await finish()
      },
      cancel: finish,
    },
    { highWaterMark: 1 },
  )
}

function readyEvent(revision: number | undefined): string {
  const data = JSON.stringify({ revision })
  const id = revision === undefined ? {} : { id: String(revision) }
  return writeStreamEvent({ event: 'ready', data, ...id })
}

function writeEvent(event: WatchEvent): string {
  const id = String(revisionOf(event))
  return writeStreamEvent({ event: event.kind, id, data: writeChange(event) })
}

function errorEvent(thrown: unknown): string {
  const error = KvasirError.from(thrown)
  // The words of an unforeseen error may tell of the server's inside.
  const told = error.status === 500 ? new KvasirError(error.code, 'The watch failed.') : error
  return writeStreamEvent({ event: 'error', data: JSON.stringify(toProblem(told)) })
}

/** What is awaited, or `'beat'` when it takes longer. */
function orBeat<Result>(awaited: Promise<Result>, delayMs: number): Promise<Result | 'beat'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('beat'), delayMs)
    awaited.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
