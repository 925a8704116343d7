import type { IncomingMessage, ServerResponse } from 'node:http'

/** What Node puts a head together in, and takes it from; not documented. */
interface WithHead {
  _header: string | null
}

/** Whether an answer on a connection goes the way of nearly all: HTTP/1.1, and to be kept. */
export function isLasting(incoming: IncomingMessage, response: ServerResponse): boolean {
  return response.shouldKeepAlive && incoming.httpVersion === '1.1'
}

/**
 * Gives an answer on a lasting connection a head that is text already: Node takes longer to check
 * and to join the headers of an answer than for all the rest of it. What stands in it is not looked
 * at again, so that it must be well-formed, in ASCII, and tell the length of the body.
 *
 * Whether Node has taken it is told by what is documented; if not, nothing has happened.
 */
export function takesHead(response: ServerResponse, head: string): boolean {
  const written = response as ServerResponse & Partial<WithHead>
  if (written._header !== null) return false
  written._header = head
  if (response.headersSent) return true
  written._header = null
  return false
}

/** The time as HTTP writes it, in whole seconds. */
export function httpDate(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  if (second !== last.second) last = { second, text: new Date(second * 1000).toUTCString() }
  return last.text
}

let last = { second: 0, text: new Date(0).toUTCString() }
