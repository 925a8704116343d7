import type { Capabilities, Engine } from '../engine/engine.ts'
import { createCheckedEngine } from '../front/checked-engine.ts'
import { KeyQueue } from '../front/key-queue.ts'
import { SingleFlight } from '../front/single-flight.ts'
import { Project } from './project.ts'

/** Wraps an engine as a store. Closing the store closes the engine. */
export function createStore(engine: Engine): Store {
  return new Store(createCheckedEngine(engine))
}

/** A store: the projects of one engine. */
export class Store implements AsyncDisposable {
  /** What the engine can do beyond the contract. */
  readonly capabilities: Capabilities
  readonly #engine: Engine
  readonly #queue = new KeyQueue()
  readonly #flights = new SingleFlight()

  constructor(engine: Engine) {
    this.#engine = engine
    this.capabilities = engine.capabilities
  }

  /**
   * A namespace of the store; it need not be created.
   *
   * @throws {KvasirError} `KV_INVALID_ARGUMENT` when the name is not one for a project.
   */
  project(name = 'default'): Project {
    return new Project(name, {
      engine: this.#engine,
      queue: this.#queue,
      flights: this.#flights,
    })
  }

  /** Lets what is under way finish and frees everything. Later calls reject with `KV_CLOSED`. */
  close(): Promise<void> {
    return this.#engine.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
