import type { ConnectSocket } from './socket-connection.ts'

/** Connects with the WebSocket that the runtime brings along: browsers, edge runtimes, new Node. */
export const connectWebSocket: ConnectSocket = (url, { protocol, events }) => {
  const socket = new WebSocket(url, protocol)
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => events.opened()
  socket.onclose = () => events.closed()
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) events.received(new Uint8Array(data))
    else socket.close()
  }
  return {
    send: (frame) => socket.send(frame as Uint8Array<ArrayBuffer>),
    close: () => socket.close(),
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  }
}
