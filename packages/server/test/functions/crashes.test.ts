import { describe, expect, it } from 'vitest'
import {
  directoryWith,
  isBody,
  problem,
  serveDirectory,
  serveFiles,
  writeFiles,
} from './function-harness.ts'

const files = {
  'kvasir.json': '{ "timeout": "2s" }',
  'count.js': `module.exports = async (req, res) => res.json({ count: await kv.increment('count') })`,
  'slow.js': `module.exports = async (req, res) => { console.log('slow began'); await sleep(60000); res.json(1) }`,
  'loop.ts': `export default (): void => {
  const numbers: number[] = []
  for (;;) numbers.length = 0
}`,
  'exit.js': `module.exports = () => {\n  process.exit(3)\n}`,
}

describe('a function that takes the process down', () => {
  it('by a loop, is named in the log, and another process goes on with the data', async () => {
    const directory = await directoryWith(files)
    const { ask, until, log } = await serveDirectory(directory)
    expect((await ask('/count')).body).toEqual({ count: 1 })

    const slow = ask('/slow')
    await until('slow began')
    const cut = await Promise.allSettled([slow, ask('/loop')])

    expect(cut.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    // Who connects meanwhile waits, and is answered by the next process.
    expect((await ask('/count')).body).toEqual({ count: 2 })
    const [busy, ended] = log()
    expect(busy?.msg).toMatch(
      /busy for 2000 ms, in .*loop\.ts:3:\d+\); .* the 2 requests in it are/,
    )
    expect(ended).toMatchObject({ reason: 'SIGKILL' })
  })

  it('by process.exit, is shown in the log with file and line', async () => {
    const { ask, stderr, log } = await serveFiles(files)

    await expect(ask('/exit')).rejects.toThrow()

    expect((await ask('/count')).body).toEqual({ count: 1 })
    expect(stderr()).toMatch(/process\.exit\(3\) was called\\n.*exit\.js:2:11/)
    expect(log().at(-1)).toMatchObject({ reason: 3 })
  })

  it('while it is loaded, is not loaded again before it changes', async () => {
    const served = await serveFiles({
      ...files,
      'later.js': 'module.exports = (q, r) => r.json(1)',
    })
    const { ask, askUntil, directory, until } = served

    await writeFiles(directory, { 'later.js': 'for (;;) {}' })
    await until('another takes its place')

    expect(await ask('/later')).toEqual(
      problem(500, 'KV_FUNCTION_NOT_LOADED', /later\.js.*while it was loaded/),
    )
    expect((await ask('/count')).status).toBe(200)
    await writeFiles(directory, { 'later.js': 'module.exports = (q, r) => r.json(2)' })
    await askUntil('/later', isBody(2))
  })
})
