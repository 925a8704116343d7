import { describe, expect, it } from 'vitest'
import { KeyQueue } from '../../src/front/key-queue.ts'
import { SingleFlight } from '../../src/front/single-flight.ts'

/** A task that ends when the test says so. */
function task(log: string[], name: string) {
  let end: (error?: Error) => void = () => undefined
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve())
  })
  const run = async (): Promise<string> => {
    log.push(`${name} begins`)
    await ended
    log.push(`${name} ends`)
    return name
  }
  return { run, end }
}

describe('callers of one key', () => {
  it('take turns in the order of their coming', async () => {
    const log: string[] = []
    const queue = new KeyQueue()
    const first = task(log, 'first')
    const second = task(log, 'second')

    const results = [queue.run('key', first.run), queue.run('key', second.run)]
    second.end()
    first.end()

    expect(await Promise.all(results)).toEqual(['first', 'second'])
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  it('go on after one that failed, who alone learns of it', async () => {
    const log: string[] = []
    const queue = new KeyQueue()
    const first = task(log, 'first')
    const second = task(log, 'second')
    const results = [queue.run('key', first.run), queue.run('key', second.run)]

    first.end(new Error('not today'))
    second.end()
    const outcomes = await Promise.allSettled(results)

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})

describe('callers of several keys', () => {
  it('do not wait for each other', async () => {
    const log: string[] = []
    const queue = new KeyQueue()
    const slow = task(log, 'slow')
    const quick = task(log, 'quick')
    const waiting = queue.run('one', slow.run)

    quick.end()
    await queue.run('another', quick.run)
    slow.end()
    await waiting

    expect(log.slice(-2)).toEqual(['quick ends', 'slow ends'])
  })
})

describe('callers of a single flight', () => {
  it('share the task that is under way, and begin another when it has ended', async () => {
    const flights = new SingleFlight()
    let runs = 0
    const run = async (): Promise<number> => ++runs

    const together = await Promise.all([flights.run('key', run), flights.run('key', run)])
    const later = await flights.run('key', run)

    expect(together).toEqual([1, 1])
    expect(later).toBe(2)
  })

  it('all learn of its failure, and may try again', async () => {
    const flights = new SingleFlight()
    const fail = async (): Promise<string> => {
      throw new Error('not today')
    }

    const outcomes = await Promise.allSettled([flights.run('key', fail), flights.run('key', fail)])

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await flights.run('key', async () => 'done')).toBe('done')
  })

  it('have flights of their own for other keys', async () => {
    const flights = new SingleFlight()

    const results = await Promise.all([
      flights.run('one', async () => 1),
      flights.run('another', async () => 2),
    ])

    expect(results).toEqual([1, 2])
  })
})
