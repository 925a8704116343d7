import { join } from 'node:path'
import { serveRemote } from './function-host.ts'
import { testFunctions } from './test-functions.ts'

testFunctions('the functions, with the store behind a server', () =>
  serveRemote(join(import.meta.dirname, '..')),
)
