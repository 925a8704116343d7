import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { startChild } from './child-process.ts'
import { at, open, temporaryDirectory } from './directories.ts'

/** Lets a child write until it has acknowledged so many pairs, and kills it in the middle. */
async function writeUntilKilled(
  directory: string,
  { pairs, durability }: { pairs: number; durability: 'durable' | 'relaxed' },
): Promise<number[]> {
  const acknowledged: number[] = []
  const child = startChild(['write-pairs', directory], { durability })
  child.on('message', (number: number) => {
    acknowledged.push(number)
    if (acknowledged.length === pairs) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [unknown, string]
  expect(signal).toBe('SIGKILL')
  return acknowledged
}

async function keysOf(engine: Engine): Promise<Set<string>> {
  const keys = new Set<string>()
  for (let after: string | undefined, hasMore = true; hasMore; ) {
    const page = await engine.list(at, {
      order: 'key',
      limit: 1000,
      keysOnly: true,
      ...(after !== undefined && { after }),
    })
    for (const { key } of page.entries) keys.add(key)
    after = page.entries.at(-1)?.key
    hasMore = page.hasMore
  }
  return keys
}

describe.each(['durable', 'relaxed'] as const)(
  'a process killed while it writes, %s',
  (durability) => {
    it('has lost nothing that was acknowledged, and torn no commit', async () => {
      const directory = temporaryDirectory()
      const acknowledged: number[] = []

      for (const pairs of [50, 400, 120, 700]) {
        acknowledged.push(...(await writeUntilKilled(directory, { pairs, durability })))

        const engine = await open(directory, { durability })
        const keys = await keysOf(engine)
        const { keys: counted, revision } = await engine.getBucket(at)
        await engine.close()
        const lost = acknowledged.filter((number) => !keys.has(`left:${number}`))
        const lefts = [...keys].filter((key) => key.startsWith('left:'))
        const torn = lefts.filter((key) => !keys.has(key.replace('left', 'right')))
        expect({ lost, torn, counted, revision }).toEqual({
          lost: [],
          torn: [],
          counted: keys.size,
          revision: keys.size,
        })
        expect(keys.size).toBe(2 * lefts.length)
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(1270)
    })
  },
)
