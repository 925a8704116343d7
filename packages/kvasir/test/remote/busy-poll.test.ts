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
/** How many messages are waited for in each way to see which is quicker. */
const trial = 32
/** The first message is not waited for awake: none has come at once before. */
const firstTrial = 1 + 2 * trial

/** How many messages come between one trial and the next, of those that are quicker asleep. */
function stretches(count: number): number[] {
  return Array.from({ length: count }, () => {
    let messages = 0
    while (!exchange(isQuickerAsleep)) messages++
    countAwake(2 * trial - 1, isQuickerAsleep)
    return messages
  })
}

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
    countAwake(firstTrial, isQuickerAwake)
    expect(countAwake(128, isQuickerAwake)).toBe(128)
  })

  it('sleeps where messages come sooner so, as when they need the same core', () => {
    countAwake(firstTrial, isQuickerAsleep)
    expect(countAwake(128, isQuickerAsleep)).toBe(0)
  })

  it('sleeps where it makes hardly any difference', () => {
    countAwake(firstTrial, { awakeMs: 0.11, asleepMs: 0.12 })
    expect(countAwake(128, { awakeMs: 0.11, asleepMs: 0.12 })).toBe(0)
  })

  it('tries both again after 128 messages, then after twice as many each time, up to 8192', () => {
    countAwake(firstTrial, isQuickerAsleep)
    expect(stretches(9)).toEqual([128, 256, 512, 1024, 2048, 4096, 8192, 8192, 8192])
  })

  it('changes its way with the first trial that says something else', () => {
    countAwake(firstTrial + 128, isQuickerAsleep)
    countAwake(2 * trial, isQuickerAwake)
    expect(countAwake(128, isQuickerAwake)).toBe(128)
  })

  it('begins again with 128 messages once a trial has said something else', () => {
    countAwake(firstTrial, isQuickerAsleep)
    stretches(4)
    countAwake(2048 + 2 * trial, isQuickerAwake)
    countAwake(128, isQuickerAwake)
    countAwake(2 * trial, isQuickerAsleep)
    expect(stretches(2)).toEqual([128, 256])
  })

  it('takes no pause for slowness', () => {
    let awake = 0
    for (let pause = 0; pause < 1000; pause++) {
      exchange({ awakeMs: 50, asleepMs: 50 })
      exchange(isQuickerAwake)
      if (exchange(isQuickerAwake)) awake++
    }
    expect(awake).toBeGreaterThan(1000 - 4 * trial)
  })
})
