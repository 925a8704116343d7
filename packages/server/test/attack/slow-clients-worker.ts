/** Clients that are as slow as they can be, in a process of their own. */
import { RawSocket } from '../http/raw-socket.ts'
import { SocketClient } from '../socket/socket-client.ts'

const [url = '', count = '0'] = process.argv.slice(2)

const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\n'
const key = '/v1/buckets/default/keys'

const kinds = {
  /** Sends a byte of its headers now and then. */
  slowHeaders: async (url: string) => {
    const socket = await RawSocket.open(url)
    socket.write('GET /livez HTTP/1.1\r\nHost: kv.test\r\nX: ')
    return trickle(socket)
  },
  /** Sends a byte of its body now and then. */
  slowBody: async (url: string) => {
    const socket = await RawSocket.open(url)
    const type = 'Content-Type: text/plain\r\nContent-Length: 100000\r\n'
    socket.write(`PUT ${key}/slow HTTP/1.1\r\n${head}${type}\r\n`)
    return trickle(socket)
  },
  /** Asks for a large value and takes nothing of it. */
  slowReader: async (url: string) => {
    const socket = await RawSocket.open(url, { isReading: false })
    socket.write(`GET ${key}/large HTTP/1.1\r\n${head}\r\n`)
    return () => socket.untilReset()
  },
  /** Opens a socket and does not say who it is. */
  slowHello: async (url: string) => {
    const client = await SocketClient.open(url)
    return async () => void (await client.closed)
  },
  /** Asks over a socket for more than the system's buffers hold, and takes nothing of it. */
  slowSocket: async (url: string) => {
    const client = await SocketClient.greeted(url, 'shop')
    client.stall()
    client.send([1, 2].map((id) => [id, 'get', ['default', 'default', 'large']]))
    const probe = setInterval(() => client.sendBytes(emptyFrame), 200)
    await client.gone()
    clearInterval(probe)
    return async () => undefined
  },
}

const emptyFrame = Buffer.from('\x02\0\0\0[]')

function trickle(socket: RawSocket): () => Promise<void> {
  const timer = setInterval(() => socket.write('x'), 200)
  return async () => {
    await socket.untilClosed()
    clearInterval(timer)
  }
}

async function attackAll(): Promise<number[]> {
  const attacks = Object.values(kinds).flatMap((attack) =>
    Array.from({ length: Number(count) / 5 }, async () => {
      const startMs = performance.now()
      const untilCut = await attack(url)
      await untilCut()
      return performance.now() - startMs
    }),
  )
  return Promise.all(attacks)
}

process.once('message', () => {
  void attackAll().then((cutMs) => process.send?.(cutMs)) // A failure ends the process.
})
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
