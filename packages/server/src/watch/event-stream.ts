import { KvasirError } from 'kvasir'
import { onAbort } from 'kvasir/engine'
import { toProblem, writeStreamEvent } from 'kvasir/protocol'

export interface EventStreamOptions {
  readonly heartbeatMs: number
  /** Asked with every heartbeat: a revoked token ends the stream. */
  readonly stillAllowed: () => Promise<boolean>
  /** Aborts when the server shuts down, which ends the stream in peace. */
  readonly draining?: AbortSignal
}

/** What a stream tells of, and in which words. */
export interface StreamSource<Event> {
  /** What comes first. */
  readonly ready: string
  readonly events: AsyncIterator<Event>
  write(event: Event): string
  /** What the client has come to without an event: where it is to go on from, if that is known. */
  readonly passed: () => string | undefined
  close(): Promise<void>
}

/**
 * Events as the bytes of a stream. It asks for an event only when the client has room for one, so
 * that nothing piles up for a client that does not read.
 */
export function streamEvents<Event>(
  source: StreamSource<Event>,
  options: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const forget = onAbort(options.draining, () => void source.close()) // The stream ends with it.
  const finish = async (): Promise<void> => {
    forget()
    await source.close()
  }
  let awaited: Promise<IteratorResult<Event>> | undefined

  const nextText = async (): Promise<string | undefined> => {
    awaited ??= source.events.next()
    const step = await orBeat(awaited, options.heartbeatMs)
    if (step === 'beat') {
      if (await options.stillAllowed()) return signOfLife(source.passed())
      throw new KvasirError('KV_UNAUTHENTICATED', 'The token has been revoked.')
    }
    awaited = undefined
    return step.done ? undefined : source.write(step.value)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        send(controller, source.ready)
      },
      async pull(controller) {
        try {
          const text = await nextText()
          if (text !== undefined) return send(controller, text)
          if (options.draining?.aborted) send(controller, comeBack)
        } catch (error) {
          send(controller, errorEvent(error))
        }
        controller.close()
        await finish()
      },
      cancel: finish,
    },
    { highWaterMark: 1 },
  )
}

const encoder = new TextEncoder()
const sliceBytes = 16 * 1024

/** Tells browsers when to reconnect: a server that shuts down has a successor by then. */
const comeBack = 'retry: 2000\n\n'

/** Hands a text over in slices, so that it shows of a large one how much the client has taken. */
function send(controller: ReadableStreamDefaultController<Uint8Array>, text: string): void {
  const bytes = encoder.encode(text)
  for (let at = 0; at < bytes.byteLength; at += sliceBytes) {
    controller.enqueue(bytes.subarray(at, at + sliceBytes))
  }
}

/** A comment; with an id alone it is no event, and yet the client remembers the id. */
function signOfLife(id: string | undefined): string {
  return id === undefined ? ': still here\n\n' : `: still here\nid: ${id}\n\n`
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
