import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Sockets } from '../socket/sockets.ts'
import type { ConnectionGuard } from './connection-guard.ts'

/** Hands connections that ask to become sockets over to those who serve them. */
export function acceptSockets(
  server: Server,
  { guard, sockets }: { guard: ConnectionGuard; sockets: Sockets },
): void {
  server.on('upgrade', (request, stream, head) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') {
      guard.release(stream)
      sockets.upgrade(request, stream, head)
    } else {
      ignoreUpgrade(server, request, { stream, head })
    }
  })
}

// Java's client asks for HTTP/2 this way with every first request, and curl with `--http2`.
const upgradeHeaders = new Set(['connection', 'upgrade', 'http2-settings'])

/**
 * Gives a request that asks to upgrade to something we do not speak back to the server, as one that
 * does not ask: whoever serves may ignore the wish (RFC 9110, 7.8), but Node hands over the bare
 * connection of every such request once anybody listens for upgrades.
 */
function ignoreUpgrade(
  server: Server,
  request: IncomingMessage,
  { stream, head }: { stream: Duplex; head: Buffer },
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  const { rawHeaders } = request
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    if (!upgradeHeaders.has(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  const text = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  stream.unshift(Buffer.concat([text, head]))
  server.emit('connection', stream)
}
