import { ManualClock, testEngine } from 'kvasir/conformance'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'

testEngine(
  { describe, it, expect },
  {
    name: 'memory',
    async open() {
      const clock = new ManualClock()
      const engine = openMemoryEngine({ clock })
      return { engine, clock, close: () => engine.close() }
    },
  },
)
