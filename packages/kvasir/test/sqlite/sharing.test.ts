import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

describe('two stores on one directory in one process', () => {
  it('see each other, by whatever path they were opened', async () => {
    const directory = temporaryDirectory()
    const alias = join(temporaryDirectory(), 'alias')
    symlinkSync(directory, alias)
    const [first, second] = await Promise.all([open(directory), open(alias)])
    const events = second.watch(at, {})[Symbol.asyncIterator]()

    await first.commit(at, [put('a', 'x')])

    expect(textOf(await second.get(at, 'a'))).toBe('x')
    expect((await events.next()).value).toMatchObject({ kind: 'put', entry: { revision: 1 } })
  })

  it('close apart: the watches of one end, and the other goes on', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    const second = await open(directory)
    const endingEvents = first.watch(at, {})[Symbol.asyncIterator]()
    const goingOnEvents = second.watch(at, {})[Symbol.asyncIterator]()
    const ending = endingEvents.next()

    await first.close()
    await second.commit(at, [put('a', 'x')])

    expect(await ending).toMatchObject({ done: true })
    expect((await goingOnEvents.next()).value).toMatchObject({ kind: 'put' })
    await expect(first.get(at, 'a')).rejects.toMatchObject({ code: 'KV_CLOSED' })
  })

  it('are refused when they ask for different durabilities', async () => {
    const directory = temporaryDirectory()
    const durable = await open(directory)

    const relaxed = open(directory, { durability: 'relaxed' })

    await expect(relaxed).rejects.toMatchObject({ code: 'KV_INVALID_ARGUMENT' })
    await durable.close()
    expect((await open(directory, { durability: 'relaxed' })).capabilities.durability).toBe(
      'relaxed',
    )
  })

  it('can be closed and opened in quick succession', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    await first.commit(at, [put('a', 'x')])

    const closing = first.close()
    const second = await open(directory)
    await closing

    expect(textOf(await second.get(at, 'a'))).toBe('x')
  })
})

describe('a store with many watches', () => {
  it('is not taken for a leak', async () => {
    const engine = await open(temporaryDirectory())
    const warnings: string[] = []
    const note = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', note)

    const watches = Array.from({ length: 30 }, () => engine.watch(at, {}))
    await new Promise(setImmediate)

    process.off('warning', note)
    expect(watches).toHaveLength(30)
    expect(warnings).toEqual([])
  })
})
