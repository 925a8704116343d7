import type { BucketRef, Engine } from 'kvasir/engine'
import type { CallCounts } from './function-call.ts'

/** Passes everything on, and counts what is read and written for whoever calls. */
export function createCountingEngine(
  engine: Engine,
  countsOfCaller: () => CallCounts | undefined,
): Engine {
  const countReads = (reads: number): void => {
    const counts = countsOfCaller()
    if (counts) counts.reads += reads
  }
  const countWrites = (writes: number): void => {
    const counts = countsOfCaller()
    if (counts) counts.writes += writes
  }
  return {
    capabilities: engine.capabilities,
    get: (at, key, options) => {
      countReads(1)
      return engine.get(at, key, options)
    },
    read: (at, reads, options) => {
      countReads(reads.length)
      return engine.read(at, reads, options)
    },
    list: (at, query, options) => {
      countReads(1)
      return engine.list(at, query, options)
    },
    history: (at, key, options) => {
      countReads(1)
      return engine.history(at, key, options)
    },
    watch: (at, query, options) => {
      countReads(1)
      return engine.watch(at, query, options)
    },
    commit: (at, operations, options) => {
      countWrites(operations.length)
      return engine.commit(at, operations, options)
    },
    purgeBucket: (at: BucketRef, options) => {
      countWrites(1)
      return engine.purgeBucket(at, options)
    },
    createBucket: (at, config, options) => engine.createBucket(at, config, options),
    getBucket: (at, options) => engine.getBucket(at, options),
    updateBucket: (at, config, options) => engine.updateBucket(at, config, options),
    deleteBucket: (at, options) => engine.deleteBucket(at, options),
    listBuckets: (project, query, options) => engine.listBuckets(project, query, options),
    listProjects: (query, options) => engine.listProjects(query, options),
    resolveProject: (project, options) => engine.resolveProject(project, options),
    health: (options) => engine.health(options),
    close: () => engine.close(),
    [Symbol.asyncDispose]: () => engine.close(),
  }
}
