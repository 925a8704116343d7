import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly url: string
  /** Connections made so far. */
  readonly connections: number
  /** Loses every connection there is. */
  cut(): void
  close(): Promise<void>
}

/**
 * A proxy that tests lose connections with. `losesReply` is asked for every piece of data from the
 * server; when it says so, the piece is lost, and the connection with it. Others are held back for
 * as long as `delayMs` says.
 */
export async function openTcpProxy(
  target: string,
  losesReply: () => boolean = () => false,
  delayMs: () => number = () => 0,
): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    connections++
    const upstream = connect(Number(port), hostname)
    const lose = (): void => {
      client.resetAndDestroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', lose)
      socket.on('close', () => {
        sockets.delete(socket)
        lose()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (data) => {
      if (losesReply()) return lose()
      const waitMs = delayMs()
      if (waitMs === 0) return client.write(data)
      upstream.pause()
      setTimeout(() => {
        client.write(data)
        upstream.resume()
      }, waitMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections
    },
    cut,
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Numbers from 0 to 1 that look random and are the same in every run. */
export function repeatableRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
