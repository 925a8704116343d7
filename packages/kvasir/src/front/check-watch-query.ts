import type { WatchQuery } from '../engine/engine.ts'
import { checkInteger, checkKey, checkPrefix } from './checks.ts'
import { invalidArgument } from './invalid-argument.ts'

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_KEY`. */
export function checkWatchQuery({ key, prefix, since, initial }: WatchQuery): void {
  if (key !== undefined) checkKey(key)
  checkPrefix(prefix)
  if (key !== undefined && prefix !== undefined) {
    throw invalidArgument('Give key or prefix, not both.')
  }
  if (since === undefined) return
  checkInteger(since, { name: 'since', min: 0 })
  if (initial) throw invalidArgument('Give since or initial, not both.')
}
