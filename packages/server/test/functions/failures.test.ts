import { describe, expect, it } from 'vitest'
import { hostFiles, problem, serveFiles } from './function-harness.ts'

const broken = {
  'kvasir.json': '{ "timeout": "500ms" }',
  'good.js': 'module.exports = (req, res) => res.json({ good: true })',
  'syntax.js': 'module.exports = (req, res) => {\n  res.json({ a: 1 }\n}',
  'load.js': 'const nothing = undefined\nmodule.exports = nothing.handler',
  'number.js': 'module.exports = 5',
  'empty.js': '',
  'helper.js': "const { a } = require('./_broken')\nmodule.exports = () => a",
  '_broken.js': 'const = 1',
  'missing.mjs': "import x from './nowhere.js'\nexport default () => x",
  'await.mjs': 'export const x = await Promise.resolve(1)\nexport default () => x',
}

const failing = {
  'kvasir.json': '{ "timeout": "500ms" }',
  'good.js': 'module.exports = (req, res) => res.json({ good: true })',
  'fail.ts': `interface Wide { readonly a: number }
export const throws = (): void => {
  const wide: Wide = { a: 1 }
  throw new Error('thrown ' + wide.a)
}
export const rejects = async (): Promise<void> => {
  await Promise.reject(new Error('rejected'))
}
export const odd = (): void => { throw undefined }
export const timer = (): void => { setTimeout(() => { throw new Error('in a timer') }, 1) }
export const loose = (): void => { void Promise.reject(new Error('loose')) }
export const never = (): void => {}
export const late = (req: unknown, res: { json(value: unknown): void }): void => {
  setTimeout(() => res.json('late'), 700)
}
export const twice = (req: unknown, res: { json(value: unknown): void }): void => {
  res.json('first')
  res.json('second')
}
export const half = (req: unknown, res: { write(text: string): void }): void => {
  res.write('half')
  throw new Error('halfway')
}
export const nobody = (req: unknown, res: { json(value: unknown): void }): void => {
  res.json('answered')
  setTimeout(() => { throw new Error('after the answer') }, 1)
}`,
}

describe('a function that cannot be loaded', () => {
  it('answers 500 with the reason, and no other is the worse for it', async () => {
    const { ask, log } = await hostFiles(broken)
    const failure = (detail: RegExp) => problem(500, 'KV_FUNCTION_NOT_LOADED', detail)

    expect(await ask('/syntax')).toEqual(failure(/syntax\.js:3:1: Expected "\)"/))
    expect(await ask('/load')).toEqual(failure(/load\.js.*reading 'handler'/))
    expect(await ask('/number')).toEqual(failure(/exports 5, and no function.*module\.exports = /))
    expect(await ask('/empty')).toEqual(failure(/exports nothing/))
    expect(await ask('/helper/below')).toEqual(failure(/helper\.js.*_broken\.js:1:7: /))
    expect(await ask('/missing')).toEqual(failure(/nowhere\.js/))
    expect(await ask('/await')).toEqual(failure(/await\.mjs:1:18: "await" stands outside/))
    expect(await ask('/good')).toEqual({ status: 200, body: { good: true } })
    const failures = log.filter(({ err }) => err !== undefined)
    expect(failures).toHaveLength(7)
    expect(failures.map(({ err }) => (err as Error).stack).join('\n')).toMatch(/load\.js:2:26/)
  })
})

describe('a function that fails', () => {
  it('answers 500 without its words, which the log has with file and line', async () => {
    const { ask, until, stderr } = await serveFiles(failing)
    const failure = (name: string) =>
      problem(500, 'KV_FUNCTION_FAILED', new RegExp(`^fail\\.ts#${name} failed\\..* request `))

    for (const name of ['throws', 'rejects', 'odd', 'timer', 'loose']) {
      expect(await ask(`/fail/${name}`)).toEqual(failure(name))
    }
    await until('loose')
    expect(stderr()).toMatch(/Error: thrown 1\\n +at throws \(.*fail\.ts:4:9\)/)
    expect(stderr()).toMatch(/Error: rejected\\n +at rejects \(.*fail\.ts:7:24\)/)
    expect(stderr()).toMatch(/Error: in a timer\\n.*fail\.ts:10:/)
    expect(stderr()).toMatch(/Error: loose\\n.*fail\.ts:11:/)
    expect(await ask('/good')).toEqual({ status: 200, body: { good: true } })
  })

  it('answers 504 once its time is over, and what it answers later is left alone', async () => {
    const { ask, until, log } = await serveFiles(failing)
    const late = problem(504, 'KV_TIMEOUT', /did not answer within 500 ms/)

    expect(await Promise.all([ask('/fail/never'), ask('/fail/late')])).toEqual([late, late])
    await until('a function answered after its time was over')
    expect(log()[0]).toMatchObject({ msg: 'a function did not answer in time' })
    expect(await ask('/good')).toEqual({ status: 200, body: { good: true } })
  })

  it('after its answer, changes nothing about it', async () => {
    const { ask, until, stderr } = await serveFiles(failing)

    expect(await ask('/fail/twice')).toEqual({ status: 200, body: 'first' })
    await until('a function answered after it had answered; only the first answer was sent')
    expect(stderr()).toMatch(/at twice \(.*fail\.ts:18:7\)/)
    expect(await ask('/fail/nobody')).toEqual({ status: 200, body: 'answered' })
    await until('a function failed after it had answered')
    // Half an answer is cut, so that nobody takes it for a whole one.
    await expect(ask('/fail/half')).rejects.toThrow()
    expect(await ask('/good')).toEqual({ status: 200, body: { good: true } })
  })

  it('tells its author, with --watch, what it threw and where', async () => {
    const { ask } = await serveFiles(failing, ['--watch'])

    expect(await ask('/fail/throws')).toEqual(
      problem(500, 'KV_FUNCTION_FAILED', /^Error: thrown 1\n +at throws \(.*fail\.ts:4:9\)/),
    )
  })
})

describe('what is thrown outside of any request', () => {
  it('is in the log with file and line, and the requests that run come to their answers', async () => {
    const { ask, until, stderr } = await serveFiles({
      'good.js': 'module.exports = async (req, res) => { await until; res.json({ good: true }) }',
      'module.js': `const { EventEmitter } = require('node:events')
globalThis.until = new Promise((resolve) => { globalThis.go = resolve })
module.exports = (req, res) => { res.json(1); go() }
setTimeout(() => { throw new Error('from a timer') }, 1)
setTimeout(() => { Promise.reject(new Error('nobody waits')) }, 1)
setTimeout(() => new EventEmitter().emit('error', new Error('nobody listens')), 1)`,
    })
    const good = ask('/good')

    await until('nobody listens')
    await ask('/module')

    expect(await good).toEqual({ status: 200, body: { good: true } })
    expect(stderr()).toMatch(/module\.js:4:.*an error was thrown outside of any request/)
    expect(stderr()).toMatch(/module\.js:5:.*a promise was rejected outside of any request/)
    expect(stderr()).toMatch(/module\.js:6:.*an error was thrown outside of any request/)
  })
})
