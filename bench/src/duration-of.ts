import type { EngineDefinition } from './engines/engine.ts'
import type { BenchOptions } from './options.ts'
import type { Workload } from './workloads/workload.ts'

/** How long an operation is measured in a round, in milliseconds. */
export function durationOf(
  { durability }: Pick<EngineDefinition, 'durability'>,
  { kind, isShort, isLong }: Pick<Workload, 'kind' | 'isShort' | 'isLong'>,
  { readMs, writeMs }: Pick<BenchOptions, 'readMs' | 'writeMs'>,
): number {
  if (isLong) return writeMs
  // Memory has no checkpoints to wait for.
  if (kind === 'read' || durability === 'memory') return readMs
  return isShort ? writeMs / 2 : writeMs
}
