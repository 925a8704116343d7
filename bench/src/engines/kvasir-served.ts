import { openStore } from 'kvasir'
import { startKvasirServer } from '../servers/kvasir-server.ts'
import type { Connection, EngineDefinition } from './engine.ts'
import { connect } from './kvasir.ts'

// Kvasir behind a server of its own, and a client in the process that measures.

export const servedDurable: EngineDefinition = {
  name: 'served-durable',
  title: 'Kvasir',
  isKvasir: true,
  durability: 'durable',
  durabilityText: 'kvasir serve, synced before each acknowledgement (the default)',
  notes: ['its socket on TCP', 'every write carries an idempotency key, kept with the data'],
  measures: 'all',
  open: (directory) => openServed(directory, { durability: 'durable', webSocket: true }),
}

export const servedRelaxed: EngineDefinition = {
  ...servedDurable,
  name: 'served-relaxed',
  durability: 'relaxed',
  durabilityText: 'kvasir serve, synced at checkpoints',
  measures: 'writes',
  open: (directory) => openServed(directory, { durability: 'relaxed', webSocket: true }),
}

export const servedByFetch: EngineDefinition = {
  ...servedDurable,
  name: 'served-by-fetch',
  title: 'Kvasir by fetch',
  // It is what the socket is measured against.
  isKvasir: false,
  notes: ['a request for each call, as where no socket can be had'],
  open: (directory) => openServed(directory, { durability: 'durable', webSocket: false }),
}

interface Service {
  readonly durability: 'durable' | 'relaxed'
  readonly webSocket: boolean
}

async function openServed(directory: string, service: Service): Promise<Connection> {
  const { durability, webSocket } = service
  const server = await startKvasirServer(directory, durability)
  const connection = connect(await openStore(server.address, { webSocket }), 'default')
  if (webSocket) await untilOnSocket(() => connection.get('none'))
  return {
    ...connection,
    async close() {
      await connection.close()
      await server.close()
    },
  }
}

const patienceMs = 10_000

/** The first calls go by HTTP; those on the socket take a fraction of the time. */
async function untilOnSocket(call: () => unknown): Promise<void> {
  const end = performance.now() + patienceMs
  for (let quickCalls = 0; quickCalls < 20 && performance.now() < end; ) {
    const start = performance.now()
    await call()
    quickCalls = performance.now() - start < 1 ? quickCalls + 1 : 0
  }
}
