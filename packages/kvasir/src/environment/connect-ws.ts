// The socket to a server on Node, by the package `ws`: quicker than the WebSocket that newer Node
// versions bring along, there on older ones too, and it can let the process end. Loaded at the
// first call to a server.
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type ClientOptions, WebSocket } from 'ws'
import type {
  ConnectSocket,
  SocketEvents,
  WireSocket,
} from '../engines/remote/socket-connection.ts'
import { BusyPoll } from './busy-poll.ts'

const handshakeTimeoutMs = 10_000
/** The largest answer, and room for what stands round it. */
const payloadBytesMax = 128 * 1024 * 1024

export const connectWs = connectWith({})

/** Connects to the server that listens on a Unix socket, whatever host the URL names. */
export function connectWsAt(path: string): ConnectSocket {
  return connectWith({ createConnection: () => connect(path) })
}

function connectWith(options: ClientOptions): ConnectSocket {
  return (url, { protocol, events }) =>
    watched(
      new WebSocket(url, protocol, {
        ...options,
        perMessageDeflate: false,
        handshakeTimeout: handshakeTimeoutMs,
        maxPayload: payloadBytesMax,
      }),
      events,
    )
}

function watched(socket: WebSocket, events: SocketEvents): WireSocket {
  let stream: Socket | undefined
  const poll = new BusyPoll()
  socket.on('upgrade', (response: IncomingMessage) => {
    stream = response.socket
  })
  socket.on('open', () => events.opened())
  socket.on('message', (data, isBinary) => {
    poll.received()
    if (isBinary && data instanceof Uint8Array) events.received(data)
    else socket.terminate()
  })
  socket.on('close', () => events.closed())
  // What went wrong is followed by `close`; the call that then goes by HTTP says what it is.
  socket.on('error', () => socket.terminate())
  return {
    send(frame) {
      socket.send(frame)
      poll.sent()
    },
    close: () => socket.close(),
    get bufferedAmount() {
      return socket.bufferedAmount
    },
    keepUp: (isNeeded) => (isNeeded ? stream?.ref() : stream?.unref()),
  }
}
