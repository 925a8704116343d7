import { limits } from '../codec/limits.ts'
import type { CallOptions, Capabilities, Engine, Health } from '../engine/engine.ts'
import { type CheckedEngine, createCheckedEngine } from '../front/checked-engine.ts'
import { KeyQueue } from '../front/key-queue.ts'
import { SingleFlight } from '../front/single-flight.ts'
import type { KeyRing } from '../secrets/key-ring.ts'
import type { SecretsKeySource } from '../secrets/secrets-key.ts'
import { Project, type ProjectParts } from './project.ts'

export interface SecretsOptions {
  /**
   * What `storage().secrets` are encrypted with: one key, several of which the first encrypts and
   * all decrypt, or a function that gets them, called at the first use.
   */
  readonly secretsKey?: SecretsKeySource
}

/** Wraps an engine as a store. Closing the store closes the engine. */
export function createStore(engine: Engine, options: SecretsOptions = {}): Store {
  return new Store(createCheckedEngine(engine), options)
}

/** A store: the projects of one engine. */
export class Store implements AsyncDisposable {
  /** What the engine can do beyond the contract. */
  readonly capabilities: Capabilities
  readonly #engine: CheckedEngine
  readonly #queue = new KeyQueue()
  readonly #flights = new SingleFlight()
  readonly #secretsKey: SecretsKeySource | undefined
  #keyRing: Promise<KeyRing> | undefined

  constructor(engine: CheckedEngine, { secretsKey }: SecretsOptions = {}) {
    this.#engine = engine
    this.#secretsKey = secretsKey
    this.capabilities = engine.capabilities
  }

  /**
   * A namespace of the store; it need not be created.
   *
   * @throws {KvasirError} `KV_INVALID_ARGUMENT` when the name is not one for a project.
   */
  project(name = 'default'): Project {
    return new Project(name, this.projectParts)
  }

  /** The names of the projects in which anything was ever stored, in the order of their bytes. */
  async *projects(options?: CallOptions): AsyncGenerator<string> {
    let after: string | undefined
    do {
      const query = { limit: limits.pageLengthMax, ...(after !== undefined && { after }) }
      const page = await this.#engine.listProjects(query, options)
      yield* page.projects
      after = page.hasMore ? page.projects.at(-1) : undefined
    } while (after !== undefined)
  }

  /**
   * Whether the store takes writes, and why not. A full disk is over by itself when there is space
   * again; after a disk that failed (`resumes: false`), close the store and open it again.
   */
  health(options?: CallOptions): Promise<Health> {
    return this.#engine.health(options)
  }

  /** Lets what is under way finish and frees everything. Later calls reject with `KV_CLOSED`. */
  close(): Promise<void> {
    return this.#engine.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What all projects of the store share. */
  protected get projectParts(): ProjectParts {
    return {
      engine: this.#engine,
      queue: this.#queue,
      flights: this.#flights,
      openKeyRing: () => this.#openKeyRing(),
    }
  }

  #openKeyRing(): Promise<KeyRing> {
    // A failure is not kept: a key that has been put in its place since is found.
    this.#keyRing ??= this.#readKeyRing().catch((error: unknown) => {
      this.#keyRing = undefined
      throw error
    })
    return this.#keyRing
  }

  async #readKeyRing(): Promise<KeyRing> {
    const source = this.#secretsKey
    const keys = typeof source === 'function' ? await source() : source
    const { createKeyRing } = await import('../secrets/key-ring.ts')
    // None at all is told as an empty list of them is.
    return createKeyRing(keys ?? [])
  }
}
