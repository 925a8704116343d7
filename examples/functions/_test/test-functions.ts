/**
 * What the functions of this example promise, over HTTP and to many clients at once. It is the same
 * wherever their store is.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import type { FunctionHost } from './function-host.ts'
import { testCart } from './test-cart.ts'
import { testEvents } from './test-events.ts'
import { testFlags } from './test-flags.ts'
import { testLeaderboard } from './test-leaderboard.ts'
import { testPreferences } from './test-preferences.ts'
import { testRateLimit } from './test-rate-limit.ts'
import { testRebuild } from './test-rebuild.ts'
import { testReport } from './test-report.ts'
import { testSessions } from './test-sessions.ts'
import { testShare } from './test-share.ts'
import { testVisits } from './test-visits.ts'

/** The host, which is there once tests run. */
export type GetHost = () => FunctionHost

const parts = [
  testVisits,
  testSessions,
  testRateLimit,
  testReport,
  testFlags,
  testPreferences,
  testShare,
  testLeaderboard,
  testCart,
  testRebuild,
  testEvents,
]

export function testFunctions(name: string, serve: () => Promise<FunctionHost>): void {
  describe(name, () => {
    let host: FunctionHost

    beforeAll(async () => {
      host = await serve()
    })

    afterAll(() => host[Symbol.asyncDispose]())

    for (const testPart of parts) testPart(() => host)
  })
}
