import { createApp, type Grant, startServer } from '@kvasir/server'
import { type KVStore, openStore } from 'kvasir'
import { openEngine } from 'kvasir/engine'
import { onTestFinished } from 'vitest'

const token = 'the-token-of-the-tests'
const grant: Grant = { id: 'tests', project: '*', scopes: ['read', 'write', 'admin'] }

/** Opens a store for one test; answers the records of its project `shop`. */
export async function openRecords(location: string): Promise<KVStore> {
  const store = await openStore(location, location.startsWith('http') ? { token } : {})
  onTestFinished(() => store.close())
  return store.project('shop').storage().kvStore
}

/** Serves a directory for one test, on a port of this machine; answers the address. */
export async function serve(directory: string): Promise<string> {
  const engine = await openEngine(directory)
  onTestFinished(() => engine.close())
  const verifyToken = async (given: string) => (given === token ? grant : undefined)
  const app = createApp({ engine, verifyToken })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close({ graceMs: 0 }))
  return server.url
}
