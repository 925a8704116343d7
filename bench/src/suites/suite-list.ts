import { commitPathSuite } from '../commit-path/commit-path-suite.ts'
import { footprintSuite } from '../footprint/footprint-suite.ts'
import { functionsSuite } from '../functions/functions-suite.ts'
import { httpGetSuite } from '../http-get/http-get-suite.ts'
import { scaleSuites } from '../scale/scale-suite.ts'
import { startUpSuite } from '../start-up/start-up-suite.ts'
import { comparisonSuites } from './comparison-suites.ts'
import type { Suite } from './suite.ts'

/** In the order in which a complete run takes them. */
export const suites: readonly Suite[] = [
  ...comparisonSuites,
  commitPathSuite,
  httpGetSuite,
  functionsSuite,
  footprintSuite,
  startUpSuite,
  ...scaleSuites,
]
