import type { Kv } from '../dialects/kv/kv-types.ts'
import type { BucketRef, Engine } from '../engine/engine.ts'
import type { Bucket } from '../front/bucket.ts'
import { createCheckedEngine } from '../front/checked-engine.ts'
import { createFullStore, type FullProject, type FullStore } from '../store/full-store.ts'
import type { OpenedEngine } from './harness.ts'
import type { ManualClock } from './manual-clock.ts'

/** What a test plays in: a fresh store, as users get it, and the means to move its time. */
export interface Scene {
  readonly store: FullStore
  /** The project `shop`. */
  readonly project: FullProject
  /** The bucket `default` of the project `shop`. */
  readonly bucket: Bucket
  /** The `kv` dialect on the same bucket. */
  readonly kv: Kv
  /** The engine behind the checked front, for what the bucket's API does not show. */
  readonly engine: Engine
  /** The same bucket as the engine names it. */
  readonly at: BucketRef
  readonly clock: ManualClock
  /** Closes everything and opens it again at the same place. */
  reopen(): Promise<Scene>
}

/** Opens scenes for one test and closes whatever it has opened. */
export class Stage {
  #opened: OpenedEngine

  constructor(opened: OpenedEngine) {
    this.#opened = opened
  }

  get isPersistent(): boolean {
    return this.#opened.engine.capabilities.persistence
  }

  get canReopen(): boolean {
    return this.#opened.reopen !== undefined
  }

  async scene(): Promise<Scene> {
    const { engine, clock, store = createFullStore(engine) } = this.#opened
    const project = store.project('shop')
    return {
      store,
      project,
      bucket: await project.bucket('default'),
      kv: project.kv(),
      engine: createCheckedEngine(engine),
      at: { project: 'shop', bucket: 'default' },
      clock,
      reopen: () => this.#reopen(),
    }
  }

  close(): Promise<void> {
    return this.#opened.close()
  }

  async #reopen(): Promise<Scene> {
    const reopened = await this.#opened.reopen?.()
    if (!reopened) throw new Error('The harness has no reopen, but the engine claims persistence.')
    this.#opened = reopened
    return this.scene()
  }
}
