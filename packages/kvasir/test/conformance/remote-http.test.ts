import { testEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { openMemory } from './open-memory.ts'
import { behindServer, overHttp } from './open-remote.ts'

testEngine(
  { describe, it, expect },
  { name: 'remote over HTTP', open: behindServer(openMemory, overHttp) },
)
