import { createApp } from '@kvasir/server'
import { openRemoteStore } from 'kvasir/client'
import { type OpenedEngine, testEngine } from 'kvasir/conformance'
import { createCheckedEngine, type Engine } from 'kvasir/engine'
import { describe, expect, it } from 'vitest'
import { FullProject, FullStore } from '../../src/store/full-store.ts'
import { openMemory } from './open-memory.ts'
import { behindServer, inProcess } from './open-remote.ts'

type ClientStore = ReturnType<typeof openRemoteStore>

/** A store whose dialects are those of `kvasir/client`, which begins without most of its code. */
class StoreOverClient extends FullStore {
  readonly #client: ClientStore

  constructor(engine: Engine, client: ClientStore) {
    super(createCheckedEngine(engine))
    this.#client = client
  }

  override project(name = 'default'): FullProject {
    return new ProjectOverClient(super.project(name), {
      parts: this.projectParts,
      client: this.#client,
    })
  }

  override async close(): Promise<void> {
    await Promise.all([this.#client.close(), super.close()])
  }
}

class ProjectOverClient extends FullProject {
  readonly #client: ReturnType<ClientStore['project']>

  constructor(
    { name }: FullProject,
    { parts, client }: { parts: ConstructorParameters<typeof FullProject>[1]; client: ClientStore },
  ) {
    super(name, parts)
    this.#client = client.project(name)
  }

  override kv(...given: Parameters<FullProject['kv']>) {
    return this.#client.kv(...given)
  }

  override storage() {
    return this.#client.storage()
  }
}

const token = 'the-token-of-the-tests'
const grant = { id: 'tests', project: '*', scopes: ['read', 'write', 'admin'] } as const

/** Adds what `kvasir/client` opens before the same server. */
async function open(): Promise<OpenedEngine> {
  const served = await openMemory()
  const app = createApp({
    engine: served.engine,
    verifyToken: async (given) => (given === token ? grant : undefined),
  })
  const opened = await behindServer(async () => served, inProcess)()
  const fetch: typeof globalThis.fetch = async (input, init) => app.fetch(new Request(input, init))
  const client = openRemoteStore('http://kvasir.test', { token, fetch })
  return { ...opened, store: new StoreOverClient(opened.engine, client) }
}

testEngine({ describe, it, expect }, { name: 'kvasir/client over memory', open })
