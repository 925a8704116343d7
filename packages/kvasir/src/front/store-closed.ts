import { KvasirError } from '../errors/kvasir-error.ts'

export function storeClosed(): KvasirError {
  return new KvasirError('KV_CLOSED', 'The store has been closed. Open it again to use it.', {
    outcome: 'not-applied',
  })
}
