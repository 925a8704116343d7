import { testEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { openMemory } from './open-memory.ts'
import { behindServer, inProcess } from './open-remote.ts'

testEngine(
  { describe, it, expect },
  { name: 'remote over memory', open: behindServer(openMemory, inProcess) },
)
