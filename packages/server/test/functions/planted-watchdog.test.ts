import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { directoryWith, serveDirectory } from './function-harness.ts'

/** Longer than a function may take, and shorter than this one would take by itself. */
const patienceMs = 6000
const files = {
  'kvasir.json': '{ "timeout": "1s" }',
  'loop.js': `module.exports = (req, res) => {
  const end = Date.now() + 12_000
  while (Date.now() < end);
  res.json(1)
}`,
}
const plant = fileURLToPath(new URL('without-watchdog.mjs', import.meta.url))

/** Whether a function that never lets go is ended. */
async function isEnded(ask: (path: string) => Promise<unknown>): Promise<boolean> {
  const ended = ask('/loop').then(
    () => false,
    () => true,
  )
  return Promise.race([ended, setTimeout(patienceMs, false)])
}

describe('the search for functions that keep a process busy for ever', () => {
  it('finds a host without its watchdog, in which they do', async () => {
    const directory = await directoryWith(files)
    const inMemory = ['--data', 'memory:']
    const planted = await serveDirectory(directory, inMemory, { nodeOptions: ['--import', plant] })
    const watched = await serveDirectory(directory, inMemory)

    const outcomes = await Promise.all([isEnded(planted.ask), isEnded(watched.ask)])

    expect(outcomes).toEqual([false, true])
  })
})
