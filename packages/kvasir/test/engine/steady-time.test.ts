import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import { SteadyTime } from '../../src/engine/clock.ts'

describe('steady time', () => {
  it('is the wall clock as long as that goes forward', async () => {
    const clock = new ManualClock(5000)
    const time = new SteadyTime(clock)
    await clock.advance(10)
    clock.setWall(9000)

    expect(time.now()).toBe(9000)
  })

  it('never runs backwards, whatever is done to the wall clock', () => {
    const step = fc.record({ wallMs: fc.nat(100_000), passMs: fc.nat(1000) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = { wall: 50_000, monotonic: 0 }
        const time = new SteadyTime(clockOf(clock))
        let last = time.now()
        for (const { wallMs, passMs } of steps) {
          clock.wall = wallMs
          clock.monotonic += passMs

          const next = time.now()

          expect(next).toBeGreaterThanOrEqual(last + passMs)
          last = next
        }
      }),
    )
  })

  it('goes on by the monotonic clock while the wall clock is behind', () => {
    const clock = { wall: 50_000, monotonic: 0 }
    const time = new SteadyTime(clockOf(clock))
    time.now()

    clock.wall = 10_000
    clock.monotonic += 250

    expect(time.now()).toBe(50_250)
  })

  it('does not lose fractions of milliseconds when it is asked often', () => {
    const clock = { wall: 50_000, monotonic: 0 }
    const time = new SteadyTime(clockOf(clock))
    time.now()
    clock.wall = 0

    for (let asked = 0; asked < 1000; asked++) {
      clock.monotonic += 0.25
      time.now()
    }

    expect(time.now()).toBe(50_250)
  })

  it('starts from a time that was seen elsewhere', () => {
    const time = new SteadyTime(clockOf({ wall: 1000, monotonic: 0 }))

    time.observe(70_000)
    time.observe(60_000)

    expect(time.now()).toBe(70_000)
  })

  it('gives whole milliseconds', () => {
    const time = new SteadyTime(clockOf({ wall: 1000.75, monotonic: 0.5 }))

    expect(time.now()).toBe(1000)
  })
})

function clockOf(clock: { wall: number; monotonic: number }) {
  return {
    wallMs: () => clock.wall,
    monotonicMs: () => clock.monotonic,
    schedule: () => () => undefined,
  }
}
