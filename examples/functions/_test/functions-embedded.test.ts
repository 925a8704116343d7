import { join } from 'node:path'
import { serveEmbedded } from './function-host.ts'
import { testFunctions } from './test-functions.ts'

testFunctions('the functions, with the store in their process', () =>
  serveEmbedded(join(import.meta.dirname, '..')),
)
