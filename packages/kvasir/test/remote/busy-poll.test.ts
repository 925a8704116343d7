import { BusyPoll } from 'kvasir/protocol'
import { beforeEach, describe, expect, it } from 'vitest'

let nowMs: number
let next: (() => void) | undefined
let poll: BusyPoll

beforeEach(() => {
  nowMs = 1000
  next = undefined
  poll = new BusyPoll({
    now: () => nowMs,
    nextTurn: (callback) => {
      next = callback
    },
  })
})

/** Lets turns of the event loop pass as long as it stays awake, and answers for how long it did. */
function awakeMs(mostMs: number): number {
  const startMs = nowMs
  while (next && nowMs < startMs + mostMs) {
    const turn = next
    next = undefined
    nowMs += 0.01
    turn()
  }
  return nowMs - startMs
}

interface Way {
  readonly awakeMs: number
  readonly asleepMs: number
}

/** Sends something and has it answered, sooner or later; says whether the loop stayed awake. */
function exchange(way: Way): boolean {
  poll.sent()
  const isAwake = next !== undefined
  const answeredMs = nowMs + (isAwake ? way.awakeMs : way.asleepMs)
  awakeMs(way.awakeMs)
  nowMs = answeredMs
  poll.received()
  awakeMs(1)
  return isAwake
}

function countAwake(exchanges: number, way: Way): number {
  return Array.from({ length: exchanges }, () => exchange(way)).filter(Boolean).length
}

const isQuickerAwake = { awakeMs: 0.05, asleepMs: 0.15 }
const isQuickerAsleep = { awakeMs: 0.2, asleepMs: 0.06 }
/** The first message is not waited for awake: none has come at once before. */
const trials = 65

describe('an event loop that stays awake for the next message', () => {
  it('sleeps as long as messages do not come at once', () => {
    expect(countAwake(100, { awakeMs: 0.3, asleepMs: 0.3 })).toBe(0)
    expect(countAwake(100, { awakeMs: 20, asleepMs: 20 })).toBe(0)
  })

  it('stays awake for 0.1 ms after a message that came at once', () => {
    exchange(isQuickerAwake)
    poll.sent()
    expect(awakeMs(10)).toBeCloseTo(0.1, 1)
  })

  it('sleeps once the message is there', () => {
    exchange(isQuickerAwake)
    poll.sent()
    awakeMs(0.03)
    poll.received()
    expect(awakeMs(10)).toBeCloseTo(0.01)
  })

  it('goes on staying awake where messages come sooner so', () => {
    countAwake(trials, isQuickerAwake)
    expect(countAwake(5000, isQuickerAwake)).toBe(5000)
  })

  it('sleeps where messages come sooner so, as when they need the same core', () => {
    countAwake(trials, isQuickerAsleep)
    expect(countAwake(5000, isQuickerAsleep)).toBe(0)
  })

  it('sleeps where it makes hardly any difference', () => {
    countAwake(trials, { awakeMs: 0.11, asleepMs: 0.12 })
    expect(countAwake(5000, { awakeMs: 0.11, asleepMs: 0.12 })).toBe(0)
  })

  it('tries both again every so often', () => {
    countAwake(trials, isQuickerAsleep)
    const awake = countAwake(100_000, isQuickerAsleep)
    expect(awake).toBeGreaterThan(0)
    expect(awake).toBeLessThan(1000)
  })

  it('tries both again soon when what was quicker has become slow', () => {
    countAwake(trials, isQuickerAsleep)
    countAwake(500, { awakeMs: 0.05, asleepMs: 0.2 })
    expect(countAwake(100, { awakeMs: 0.05, asleepMs: 0.2 })).toBe(100)
    countAwake(500, isQuickerAsleep)
    expect(countAwake(100, isQuickerAsleep)).toBe(0)
  })

  it('takes no pause for slowness', () => {
    let awake = 0
    for (let pause = 0; pause < 1000; pause++) {
      exchange({ awakeMs: 50, asleepMs: 50 })
      exchange(isQuickerAwake)
      if (exchange(isQuickerAwake)) awake++
    }
    expect(awake).toBeGreaterThan(1000 - 2 * trials)
  })
})
