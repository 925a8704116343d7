import { testEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { openMemory } from './open-memory.ts'
import { behindServer, overUnixSocket } from './open-remote.ts'

testEngine(
  { describe, it, expect },
  { name: 'remote over a Unix socket', open: behindServer(openMemory, overUnixSocket) },
)
