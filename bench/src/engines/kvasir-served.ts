import { openStore } from 'kvasir'
import { startKvasirServer } from '../servers/kvasir-server.ts'
import type { Connection, EngineDefinition } from './engine.ts'
import { connect } from './kvasir.ts'

// Kvasir behind a server of its own, and a client in the process that measures.

const idempotencyNote = 'every write carries an idempotency key, kept with the data'

export const servedDurable: EngineDefinition = {
  name: 'served-durable',
  title: 'Kvasir',
  isKvasir: true,
  durability: 'durable',
  durabilityText: 'kvasir serve, synced before each acknowledgement (the default)',
  notes: ['its WebSocket, on a Unix socket', idempotencyNote],
  measures: 'all',
  open: (directory) => openServed(directory, { durability: 'durable', on: 'unix' }),
}

export const servedRelaxed: EngineDefinition = {
  ...servedDurable,
  name: 'served-relaxed',
  durability: 'relaxed',
  durabilityText: 'kvasir serve, synced at checkpoints',
  measures: 'writes',
  open: (directory) => openServed(directory, { durability: 'relaxed', on: 'unix' }),
}

/** As other machines reach it, and as NATS is reached here. */
export const servedOnTcp: EngineDefinition = {
  ...servedDurable,
  name: 'served-tcp',
  title: 'Kvasir on TCP',
  // It is what the Unix socket is measured against.
  isKvasir: false,
  notes: ['its WebSocket, on TCP', idempotencyNote],
  open: (directory) => openServed(directory, { durability: 'durable', on: 'tcp' }),
}

export const servedByFetch: EngineDefinition = {
  ...servedDurable,
  name: 'served-by-fetch',
  title: 'Kvasir by fetch',
  // It is what the WebSocket is measured against.
  isKvasir: false,
  notes: ['on TCP, a request for each call, as where no WebSocket can be had'],
  open: (directory) =>
    openServed(directory, { durability: 'durable', on: 'tcp', webSocket: false }),
}

interface Service {
  readonly durability: 'durable' | 'relaxed'
  readonly on: 'unix' | 'tcp'
  readonly webSocket?: boolean
}

async function openServed(directory: string, service: Service): Promise<Connection> {
  const { webSocket = true, ...options } = service
  const server = await startKvasirServer(directory, options)
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
