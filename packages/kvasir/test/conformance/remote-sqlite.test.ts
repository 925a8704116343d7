import { testEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { behindServer, inProcess } from './open-remote.ts'
import { openSqlite } from './open-sqlite.ts'

testEngine(
  { describe, it, expect },
  { name: 'remote over sqlite', open: behindServer(openSqlite, inProcess) },
)
