import { type Harness, ManualClock } from 'kvasir/conformance'
import type { Engine, Operation, OperationResult, Watch, WatchEvent } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'

/** One deliberate bug, and tests of the suite that must notice it. */
export interface Bug {
  readonly name: string
  readonly turnsRed: readonly string[]
  /** The methods as the bug has them; `timeless` is the same store in which nothing expires. */
  breaks(engine: Engine, timeless: Engine): Partial<Engine>
}

/** A harness of memory engines that have a bug. */
export function harnessOf(bug: Bug): Harness {
  return {
    name: bug.name,
    async open() {
      const clock = new ManualClock()
      const engine = openMemoryEngine({ clock })
      const timeless = openMemoryEngine({ clock: new ManualClock() })
      const twins = withTwin(engine, timeless)
      return {
        engine: { ...twins, ...bug.breaks(twins, timeless) },
        clock,
        close: () => twins.close(),
      }
    },
  }
}

/** An engine of which every change is made in another one, too. */
function withTwin(engine: Engine, twin: Engine): Engine {
  const close = async (): Promise<void> => {
    await Promise.all([engine.close(), twin.close()])
  }
  return {
    capabilities: engine.capabilities,
    get: (at, key, options) => engine.get(at, key, options),
    read: (at, reads) => engine.read(at, reads),
    list: (at, query) => engine.list(at, query),
    history: (at, key, options) => engine.history(at, key, options),
    watch: (at, query, options) => engine.watch(at, query, options),
    commit: (at, operations, options) =>
      both(twin.commit(at, operations, options), engine.commit(at, operations, options)),
    createBucket: (at, config) =>
      both(twin.createBucket(at, config), engine.createBucket(at, config)),
    getBucket: (at) => engine.getBucket(at),
    updateBucket: (at, config) =>
      both(twin.updateBucket(at, config), engine.updateBucket(at, config)),
    deleteBucket: (at) => both(twin.deleteBucket(at), engine.deleteBucket(at)),
    purgeBucket: (at) => both(twin.purgeBucket(at), engine.purgeBucket(at)),
    listBuckets: (project, query) => engine.listBuckets(project, query),
    listProjects: (query) => engine.listProjects(query),
    resolveProject: (project) => engine.resolveProject(project),
    health: (options) => engine.health(options),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function both<Result>(ofTwin: Promise<unknown>, result: Promise<Result>): Promise<Result> {
  await Promise.allSettled([ofTwin, result])
  return result
}

/** A watch whose events go through `turn`, which gives any number of events for each. */
export function turnEvents(watch: Watch, turn: (event: WatchEvent) => WatchEvent[]): Watch {
  async function* turned(): AsyncGenerator<WatchEvent> {
    for await (const event of watch) yield* turn(event)
  }
  return {
    ready: watch.ready,
    close: () => watch.close(),
    [Symbol.asyncDispose]: () => watch.close(),
    [Symbol.asyncIterator]: turned,
  }
}

/** Operations of a kind changed, all others as they are. */
export function changeOperations(
  engine: Engine,
  change: (operation: Operation) => Operation,
): Pick<Engine, 'commit'> {
  return {
    commit: (at, operations, options) => engine.commit(at, operations.map(change), options),
  }
}

/** Results of the operations of a commit, changed. */
export function changeResults(
  engine: Engine,
  change: (result: OperationResult, operation: Operation) => OperationResult,
): Pick<Engine, 'commit'> {
  return {
    async commit(at, operations, options) {
      const done = await engine.commit(at, operations, options)
      if (!done.ok) return done
      const results = operations.map((operation, index) => {
        const result = done.results[index]
        if (!result) throw new Error('The engine answered too few results.')
        return change(result, operation)
      })
      return { ok: true, results }
    },
  }
}
