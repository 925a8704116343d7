import type { KvasirError } from 'kvasir'
import { closeCodes } from 'kvasir/protocol'

const codes: ReadonlyMap<string, number> = new Map([
  ['KV_UNAUTHENTICATED', closeCodes.refused],
  ['KV_TOO_LARGE', closeCodes.tooLarge],
  ['KV_TOO_MANY_REQUESTS', closeCodes.tryLater],
  ['KV_UNAVAILABLE', closeCodes.tryLater],
])

/** With what a socket closes that was refused with an error. */
export function closeCodeOf({ code }: KvasirError): number {
  return codes.get(code) ?? closeCodes.malformed
}
