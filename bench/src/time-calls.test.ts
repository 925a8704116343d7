import { describe, expect, it } from 'vitest'
import { type CallSteps, type Clock, timeCalls } from './time-calls.ts'

describe('timing calls', () => {
  it('adds up the calls alone, and leaves out what is done around them', async () => {
    const { clock, pass } = createClock()
    const steps: CallSteps = {
      prepare: () => pass(7, 'prepared'),
      call: () => pass(2, 'answer'),
      check: () => pass(100),
      restore: () => pass(11),
    }

    const times = await timeCalls(steps, { ms: 0, callsMin: 3 }, clock)

    expect(times).toEqual({ calls: 3, ms: 6 })
  })

  it('goes on until the time is over, what is done around the calls included', async () => {
    const { clock, pass } = createClock()
    const steps: CallSteps = { call: () => pass(4), restore: () => pass(6) }

    const times = await timeCalls(steps, { ms: 100, callsMin: 3 }, clock)

    expect(times).toEqual({ calls: 10, ms: 40 })
  })

  it('makes the fewest calls asked for, however long they take', async () => {
    const { clock, pass } = createClock()

    const times = await timeCalls({ call: () => pass(500) }, { ms: 100, callsMin: 3 }, clock)

    expect(times).toEqual({ calls: 3, ms: 1500 })
  })

  it('hands each call what was prepared for it, and its answer to what follows', async () => {
    const { clock } = createClock()
    const seen: unknown[] = []
    const steps: CallSteps = {
      prepare: (number) => `element ${number}`,
      call: (prepared) => prepared.toUpperCase(),
      check: (answer, number) => seen.push(['check', answer, number]),
      restore: (answer, number) => seen.push(['restore', answer, number]),
    }

    await timeCalls(steps, { ms: 0, callsMin: 1 }, clock)

    expect(seen).toEqual([
      ['check', 'ELEMENT 0', 0],
      ['restore', 'ELEMENT 0', 0],
      ['check', 'ELEMENT 1', 1],
      ['restore', 'ELEMENT 1', 1],
    ])
  })

  it('ends at a wrong answer', async () => {
    const steps: CallSteps = {
      call: () => 'wrong',
      check: () => {
        throw new Error('An element is missing.')
      },
    }

    const times = timeCalls(steps, { ms: 1, callsMin: 1 })

    await expect(times).rejects.toThrow('An element is missing.')
  })
})

/** Time that passes only where a step says so. */
function createClock() {
  let now = 0
  const clock: Clock = () => now
  const pass = (ms: number, answer = ''): string => {
    now += ms
    return answer
  }
  return { clock, pass }
}
