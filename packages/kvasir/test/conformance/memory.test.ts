import { testEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { openMemory } from './open-memory.ts'

testEngine({ describe, it, expect }, { name: 'memory', open: openMemory })
