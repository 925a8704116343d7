import type { KvasirError } from '../errors/kvasir-error.ts'
import type { BucketWatch } from './bucket-watch.ts'

/** A watch that could not begin: `ready` and the first step of iterating it reject. */
export function failedWatch(error: KvasirError): BucketWatch<never> {
  const ready = Promise.reject(error)
  ready.catch(() => {
    // Whoever only iterates meets the error there; `ready` must not be reported as unhandled.
  })
  const close = (): Promise<void> => Promise.resolve()
  return {
    ready,
    close,
    [Symbol.asyncDispose]: close,
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
  }
}
