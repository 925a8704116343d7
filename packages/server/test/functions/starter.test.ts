import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kvasir } from '../cli/command-harness.ts'
import { directoryWith, serveDirectory } from './function-harness.ts'

describe('kvasir functions new', () => {
  it('writes functions that answer at once, in both languages', async () => {
    const dir = await directoryWith({})

    const script = await kvasir(['functions', 'new', 'hello', '--dir', dir])
    const typed = await kvasir(['functions', 'new', 'api/users', '--ts', '--dir', dir, '--json'])

    expect(script.stdout).toBe(`${join(dir, 'hello.js')}\n${join(dir, 'jsconfig.json')}\n`)
    expect(JSON.parse(typed.stdout)).toEqual({
      files: [join(dir, 'api/users.ts'), join(dir, 'tsconfig.json')],
    })
    const { ask } = await serveDirectory(dir, ['--data', 'memory:'])
    expect(await ask('/hello?name=Ada')).toEqual({
      status: 200,
      body: { hello: 'Ada', visits: 1 },
    })
    expect(await ask('/api/users')).toEqual({ status: 200, body: { hello: 'world', visits: 2 } })
  })

  it('overwrites nothing, and takes only names that are served', async () => {
    const dir = await directoryWith({ 'mine.js': '// mine', 'jsconfig.json': '{}' })
    const make = (name: string) => kvasir(['functions', 'new', name, '--dir', dir])

    const there = await make('mine')
    const beside = await make('other')

    expect(there).toMatchObject({ exitCode: 2, stdout: '' })
    expect(there.stderr).toContain('exists already')
    expect(beside.stdout).toBe(`${join(dir, 'other.js')}\n`)
    expect(await readFile(join(dir, 'mine.js'), 'utf8')).toBe('// mine')
    expect(await readFile(join(dir, 'jsconfig.json'), 'utf8')).toBe('{}')
    for (const name of ['../out', '/etc/x', '_lib', '.hidden', 'a.test', 'node_modules', 'a//b']) {
      expect(await make(name)).toMatchObject({ exitCode: 2, stdout: '' })
    }
  })
})
