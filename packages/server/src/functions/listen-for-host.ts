/** The port of the functions, held apart from the process that serves them. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { listen, urlOf } from '../http/listen.ts'

export interface HostPort {
  readonly url: string
  /** Takes no more connections. */
  close(): void
}

const connectionsMax = 10_000

/**
 * Listens, and gives each connection to `take` before anything has been read from it.
 *
 * @throws {KvasirError} `KV_PORT_IN_USE`, `KV_INVALID_ARGUMENT` when the address cannot be used.
 */
export async function listenForHost(
  { host, port }: { readonly host: string; readonly port: number },
  take: (socket: Socket) => void,
): Promise<HostPort> {
  const server = createServer({ pauseOnConnect: true, noDelay: true }, take)
  server.maxConnections = connectionsMax
  await listen(server, { host, port })
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    close: () => void server.close(), // Connections live on where they were handed to.
  }
}
