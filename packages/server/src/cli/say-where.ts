import type { RunningServer } from '../http/listen.ts'
import type { Output } from './output.ts'

/** Where a server is to be found. */
export type ServerAddresses = Pick<RunningServer, 'url' | 'unixUrl'>

/** Says where the server listens, in the order port, Unix socket. */
export async function sayWhere(out: Output, { url, unixUrl }: ServerAddresses): Promise<void> {
  if (out.isJson) return out.json({ url, ...(unixUrl !== undefined && { unixUrl }) })
  const addresses = unixUrl === undefined || unixUrl === url ? [url] : [url, unixUrl]
  await out.line(addresses.map((address) => `listening on ${address}`).join('\n'))
}
