import { onAbort } from '../engine/on-abort.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/** The result, unless the signal comes first. */
export function untilAborted<Result>(
  result: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(aborted('unknown')))
    result.then(resolve, reject).finally(forget)
  })
}

export function aborted(outcome: 'not-applied' | 'unknown'): KvasirError {
  return new KvasirError('KV_ABORTED', 'The call was aborted by its signal.', { outcome })
}
