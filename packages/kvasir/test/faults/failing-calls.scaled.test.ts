import { describe, expect, it } from 'vitest'
import { failCalls } from '../../../../scripts/faults/failing-calls/fail-calls.ts'
import type {
  FailingCall,
  FailingReport,
} from '../../../../scripts/faults/failing-calls/failing-call.ts'
import type { DriverChanges } from '../../../../scripts/faults/planted-driver.ts'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'

/** Every N up to 200; in the short form some. */
const numbers = isLong ? Array.from({ length: 200 }, (_, index) => index + 1) : [3, 14, 41, 92, 190]

function callsOf(call: FailingCall['call'], error: FailingCall['error']): FailingCall[] {
  const ways = [
    { since: 'creation', how: 'once' },
    { since: 'creation', how: 'onwards' },
    { since: 'writing', how: 'once' },
    { since: 'writing', how: 'onwards' },
  ] as const
  return numbers.flatMap((nth) => ways.map((way) => ({ call, nth, error, ...way })))
}

/** In the long run by two processes at once. */
async function failAll(
  calls: readonly FailingCall[],
  changes: DriverChanges = {},
): Promise<FailingReport> {
  const processes = scaled({ short: 1, long: 2 })
  const shares = Array.from({ length: processes }, (_, share) =>
    calls.filter((_, index) => index % processes === share),
  )
  const reports = await Promise.all(shares.map((share) => failCalls(share, changes)))
  const sum = (count: 'reached' | 'acknowledged' | 'refused') =>
    reports.reduce((total, report) => total + report[count], 0)
  return {
    reached: sum('reached'),
    acknowledged: sum('acknowledged'),
    refused: sum('refused'),
    problems: reports.flatMap(({ problems }) => problems),
  }
}

const timeout = scaled({ short: 300_000, long: 86_400_000 })

describe('a store of which the N-th call of the system fails', { timeout }, () => {
  it.each([
    ['write', 'EIO'],
    ['write', 'ENOSPC'],
    ['sync', 'EIO'],
    ['sync', 'ENOSPC'],
  ] as const)(
    'has what it acknowledged and nothing else, and goes on reading: %s, %s',
    async (call, error) => {
      const calls = callsOf(call, error)

      const { reached, acknowledged, refused, problems } = await failAll(calls)

      reportFigure(`every N-th ${call} fails with ${error}`, {
        stores: reached,
        acknowledged,
        refused,
        'lost, false, unreadable or dead': problems.length,
      })
      expect(problems).toEqual([])
      expect(reached).toBe(calls.length)
      expect(refused).toBeGreaterThan(0)
    },
  )

  it('has what it acknowledged and nothing else when syncs in the background fail', async () => {
    const calls = callsOf('sync', 'EIO')

    const { reached, acknowledged, refused, problems } = await failAll(calls, {
      backgroundSyncs: true,
    })

    reportFigure('every N-th sync fails, in the background', {
      stores: reached,
      acknowledged,
      refused,
      'lost, false, unreadable or dead': problems.length,
    })
    expect(problems).toEqual([])
    expect(reached).toBe(calls.length)
  })
})

const afterFailure = 'a commit after the failure was acknowledged'

describe('the search for what failing calls break', () => {
  it('catches a store that takes the failure of a commit for success', async () => {
    const calls = [10, 30].flatMap((nth): FailingCall[] => [
      { call: 'sync', nth, error: 'EIO', since: 'writing', how: 'once' },
      { call: 'write', nth, error: 'ENOSPC', since: 'writing', how: 'onwards' },
    ])

    const { problems } = await failCalls(calls, { plant: 'swallowed-error' })

    const lost = problems.filter((problem) => problem.includes('is not as it was acknowledged'))
    expect(lost.length).toBeGreaterThan(0)
    expect(problems.join()).toContain(afterFailure)
  })

  it('catches a store that goes on after a checkpoint has failed', async () => {
    // Of so many syncs, one after another, some are those of checkpoints.
    const calls = Array.from({ length: 50 }, (_, index): FailingCall => {
      return { call: 'sync', nth: index + 1, error: 'EIO', since: 'writing', how: 'once' }
    })

    const { problems } = await failCalls(calls, { plant: 'automatic-checkpoints' })

    expect(problems.join()).toContain(afterFailure)
  })
})
