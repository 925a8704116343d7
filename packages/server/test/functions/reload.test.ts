import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isBody, problem, serveFiles, writeFiles } from './function-harness.ts'
import { keepAsking } from './keep-asking.ts'

const version = (number: number) =>
  `module.exports = async (req, res) => { await sleep(5); res.json(${number}) }`

describe('a file that changes', () => {
  it('is served as it is now, and no request is dropped meanwhile', async () => {
    const served = await serveFiles({ 'v.js': version(1), 'other.js': version(0) })
    const { directory, askUntil } = served
    const stop = keepAsking(served.ask, '/v')

    for (const number of [2, 3, 4, 5]) {
      await writeFiles(directory, { 'v.js': version(number) })
      await askUntil('/v', isBody(number))
    }

    const answers = await stop()
    expect([...answers.keys()].sort()).toEqual([1, 2, 3, 4, 5].map((n) => `200 ${n}`))
  })

  it('brings along what imports it, and leaves the memory of all others alone', async () => {
    const counting = (more: string) =>
      `${more}; let calls = 0; module.exports = (req, res) => res.json([value, calls += 1])`
    const served = await serveFiles({
      'kvasir.json': '{ "ttlUnit": "ms" }',
      'a.js': counting("const { value } = require('./_lib/value')"),
      'b.js': counting("const value = require('./_lib/b.json')"),
      '_lib/value.js': "module.exports = { value: require('./deep.mjs').deep }",
      '_lib/deep.mjs': 'export const deep = 1',
      '_lib/b.json': '"b"',
      'ttl.js': `module.exports = async (req, res) => {
        await kv.set('k', 1, 50000)
        res.json((await kv.ttl('k')) > 60000)
      }`,
    })
    const { directory, ask, askUntil, until } = served
    await ask('/a')
    await ask('/b')

    await writeFiles(directory, { '_lib/deep.mjs': 'export const deep = 2' })
    await askUntil('/a', isBody([2, 2]))
    expect((await ask('/b')).body).toEqual(['b', 2])

    await writeFiles(directory, { '_lib/b.json': '"c"' })
    await askUntil('/b', isBody(['c', 2]))

    await writeFiles(directory, { 'a.js': 'module.exports = (' })
    await until('a function cannot be loaded')
    expect(await ask('/a')).toEqual(problem(500, 'KV_FUNCTION_NOT_LOADED', /a\.js:1:19/))
    await writeFiles(directory, { 'a.js': "module.exports = (q, r) => r.json(require('./new').x)" })
    await writeFiles(directory, { 'new.js': "module.exports = () => {}; module.exports.x = 'new'" })
    await askUntil('/a', isBody('new'))
    await rm(join(directory, 'a.js'))
    await askUntil('/a', ({ status }) => status === 404)

    expect((await ask('/ttl')).body).toBe(false)
    await writeFiles(directory, { 'kvasir.json': '{ "ttlUnit": "seconds" }' })
    await until('kvasir.json has a \\"ttlUnit\\" that it does not take')
    expect((await ask('/ttl')).body).toBe(false)
    await writeFiles(directory, { 'kvasir.json': '{ "ttlUnit": "s" }' })
    await askUntil('/ttl', isBody(true))
  })
})
