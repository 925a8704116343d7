import { testEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { openSqlite } from './open-sqlite.ts'

testEngine({ describe, it, expect }, { name: 'sqlite', open: openSqlite })
