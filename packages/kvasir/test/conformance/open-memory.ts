import { ManualClock, type OpenedEngine } from 'kvasir/conformance'
import { openMemoryEngine } from 'kvasir/memory'

/** A memory engine of its own, for one test. */
export async function openMemory(): Promise<OpenedEngine> {
  const clock = new ManualClock()
  const engine = openMemoryEngine({ clock })
  return { engine, clock, close: () => engine.close() }
}
