import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchFiles } from '../../src/functions/watch-files.ts'
import { directoryWith, writeFiles } from './function-harness.ts'

/** What a file held whenever its watcher told of a change; `undefined` where it was gone. */
async function readOnChange(directory: string, name: string, settling: { settleMs?: number } = {}) {
  const seen: (string | undefined)[] = []
  let told = (): void => undefined
  const watching = await watchFiles(directory, {
    ...settling,
    filesOutside: () => new Set(),
    changed: async () => {
      seen.push(await readFile(join(directory, name), 'utf8').catch(() => undefined))
      told()
    },
    failed: (error) => expect.unreachable(String(error)),
  })
  onTestFinished(() => watching.close())
  const until = async (text: string | undefined): Promise<void> => {
    while (seen.length === 0 || seen.at(-1) !== text) {
      await new Promise<void>((resolve) => {
        told = resolve
      })
    }
  }
  return until
}

// Around the times within which the library underneath keeps changes to itself.
const gaps = [0, 5, 20, 38, 42, 46, 48, 50, 52, 60, 80, 98, 102, 120, 125]

describe('the watcher of files', () => {
  it('tells of the last of two writes, however soon it follows the first', async () => {
    const directory = await directoryWith({ 'a.js': 'begin' })
    const until = await readOnChange(directory, 'a.js')
    for (const gap of gaps) {
      await writeFiles(directory, { 'a.js': `first, ${gap}` })
      await setTimeout(gap)
      await writeFiles(directory, { 'a.js': `last, ${gap}` })
      await until(`last, ${gap}`)
    }
  })

  it('tells of a removal, however soon it follows another', async () => {
    const directory = await directoryWith({ 'a.js': 'begin' })
    const until = await readOnChange(directory, 'a.js')
    for (const gap of gaps) {
      await rm(join(directory, 'a.js'))
      await writeFiles(directory, { 'a.js': `again, ${gap}` })
      await setTimeout(gap)
      await rm(join(directory, 'a.js'))
      await until(undefined)
      await writeFiles(directory, { 'a.js': 'begin' })
      await until('begin')
    }
  })
})

describe('the search for removals that a watcher misses', () => {
  it('finds them in one that reads the files sooner than the library tells of all changes', async () => {
    const directory = await directoryWith({ 'a.js': 'begin' })
    const until = await readOnChange(directory, 'a.js', { settleMs: 40 })
    const isMissed = async (gap: number): Promise<boolean> => {
      await rm(join(directory, 'a.js'))
      await writeFiles(directory, { 'a.js': `again, ${gap}` })
      await setTimeout(gap)
      await rm(join(directory, 'a.js'))
      return Promise.race([until(undefined).then(() => false), setTimeout(1000, true)])
    }
    let isFound = false
    for (const gap of [52, 60, 70, 80, 90, 98]) {
      isFound ||= await isMissed(gap)
      if (isFound) break
      await writeFiles(directory, { 'a.js': 'begin' })
      await until('begin')
    }

    expect(isFound).toBe(true)
  })
})
