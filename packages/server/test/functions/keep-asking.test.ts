import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/http/listen.ts'
import { asking } from './function-harness.ts'
import { keepAsking } from './keep-asking.ts'

/** Answers a moment later; `reload` is that of a host which forgets what is in flight. */
async function serveBadly() {
  const server = createServer((_req, res) => {
    setTimeout(() => res.setHeader('content-type', 'application/json').end('1'), 5)
  })
  await listen(server, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const reload = async (): Promise<void> => {
    await once(server, 'request') // From here to its answer, it is in flight.
    server.closeAllConnections()
  }
  return { ...asking(`http://127.0.0.1:${port}`), reload }
}

describe('keepAsking', () => {
  it('catches a host whose reload drops the requests in flight', async () => {
    const { ask, reload } = await serveBadly()
    const stop = keepAsking(ask, '/v')

    await reload()

    await expect(stop()).rejects.toThrow('fetch failed')
  })

  it('tells what every request of a host without that bug was answered', async () => {
    const { ask } = await serveBadly()
    const stop = keepAsking(ask, '/v')
    await ask('/v')

    expect([...(await stop()).keys()]).toEqual(['200 1'])
  })
})
