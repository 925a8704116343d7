/**
 * A store with the functions of the flows dialect besides the rest. They bring a library for
 * schemas along, which `kvasir/client` and `kvasir/memory` do without.
 */

import type { Flows } from '../dialects/flows/flow-types.ts'
import { createFlows } from '../dialects/flows/flows.ts'
import type { Engine } from '../engine/engine.ts'
import { createCheckedEngine } from '../front/checked-engine.ts'
import { Project, type ProjectParts } from './project.ts'
import { type SecretsOptions, Store } from './store.ts'

/** Wraps an engine as a store. Closing the store closes the engine. */
export function createFullStore(engine: Engine, options: SecretsOptions = {}): FullStore {
  return new FullStore(createCheckedEngine(engine), options)
}

/** A store: the projects of one engine. */
export class FullStore extends Store {
  override project(name = 'default'): FullProject {
    return new FullProject(name, this.projectParts)
  }
}

/** A namespace that nothing crosses: its buckets, and the dialects that speak to them. */
export class FullProject extends Project {
  readonly #engine: Engine

  constructor(name: string, parts: ProjectParts) {
    super(name, parts)
    this.#engine = parts.engine
  }

  /** The flows dialect: functions that are called by name with one object of parameters. */
  flows(): Flows {
    return createFlows({ engine: this.#engine, project: this.name })
  }
}
