import { headerNames, setsTooLong } from 'kvasir/protocol'
import type { AppContext } from './route.ts'
import { invalidArgument } from './shape.ts'

/**
 * Where typed sets stand in the body, as the header says in the form in which answers say it;
 * `undefined` without the header. What it holds is checked with the body.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it is JSON.
 */
export function readSetsHeader({ req }: AppContext): unknown {
  const header = req.header(headerNames.sets)
  if (header === undefined) return undefined
  if (header.trim() === setsTooLong) {
    throw invalidArgument(
      'Kvasir-Sets: * does not say where the sets stand. Send them with the value in a batch.',
    )
  }
  try {
    return JSON.parse(header)
  } catch {
    throw invalidArgument(
      'Kvasir-Sets takes an object of JSON Pointers with "string" or "number", as JSON.',
    )
  }
}
