import { request } from 'node:http'
import fc from 'fast-check'
import { KvasirError } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { FunctionTable } from '../../src/functions/function-table.ts'
import { readPath } from '../../src/functions/read-path.ts'
import { hostFiles, problem } from './function-harness.ts'

/** A function that tells what it is and what it was given. */
function telling(name: string): string {
  return `(req, res) => res.json({ by: '${name}', path: req.path, base: req.baseUrl })`
}

const files = {
  'index.js': `module.exports = ${telling('index')}; module.exports.about = ${telling('about')}`,
  'flags.js': `module.exports = ${telling('flags')}
    module.exports.admin = ${telling('admin')}
    module.exports._hidden = ${telling('hidden')}
    module.exports.version = 7
    module.exports.Model = class Model {}`,
  'api/users.js': `module.exports = ${telling('users')}`,
  'api/users/list.js': `module.exports = ${telling('list')}`,
  'only-members.js': `exports.one = ${telling('one')}`,
  'über uns.js': `module.exports = ${telling('about us')}`,
  'one.js': `module.exports = ${telling('one.js')}`,
  'one.mjs': `export default ${telling('one.mjs')}`,
  '_shared/secret.js': `module.exports = ${telling('shared')}`,
  '.hidden.js': `module.exports = ${telling('dot')}`,
  'flags.test.js': `module.exports = ${telling('test')}`,
  'types.d.ts': 'export declare const x: number',
  'node_modules/pack/index.js': `module.exports = ${telling('package')}`,
}

describe('the functions of a directory', () => {
  it('answer the paths of their files and below, the longest that fits first', async () => {
    const { ask } = await hostFiles(files)
    const by = async (path: string) => ((await ask(path)).body as { by: string }).by

    expect((await ask('/flags')).body).toEqual({ by: 'flags', path: '/flags', base: '' })
    expect((await ask('/flags/newUI?x=1')).body).toMatchObject({ path: '/flags/newUI' })
    expect(await by('/flags/admin')).toBe('admin')
    expect(await by('/flags/admin/below')).toBe('admin')
    for (const name of ['_hidden', 'version', 'Model', 'toString', '__proto__', 'constructor']) {
      expect(await by(`/flags/${name}`)).toBe('flags')
    }
    expect(await by('/api/users/7')).toBe('users')
    expect(await by('/api/users/list/all')).toBe('list')
    expect(await by('/only-members/one')).toBe('one')
    expect(await by('/%C3%BCber%20uns')).toBe('about us')
    expect(await by('//flags///newUI/')).toBe('flags')

    expect(await by('/')).toBe('index')
    expect(await by('/about')).toBe('about')
    for (const path of ['/api', '/nobody', '/_shared/secret', '/.hidden', '/flags.test', '/pack']) {
      expect(await by(path)).toBe('index')
    }
    expect(await ask('/only-members')).toEqual(problem(404, 'KV_ROUTE_NOT_FOUND', /only-members/))
    expect(await ask('/one')).toEqual(
      problem(500, 'KV_FUNCTION_NOT_LOADED', /one\.js and one\.mjs/),
    )
  })

  it('answer below the base path of the settings, and nothing beside it', async () => {
    const { ask } = await hostFiles({
      'kvasir.json': '{ "basePath": "/demo" }',
      'share.js': `module.exports = ${telling('share')}`,
    })

    expect((await ask('/demo/share/1')).body).toEqual({
      by: 'share',
      path: '/share/1',
      base: '/demo',
    })
    expect(await ask('/share')).toEqual(problem(404, 'KV_ROUTE_NOT_FOUND', /\/share/))
    expect(await ask('/demo/none')).toEqual(problem(404, 'KV_ROUTE_NOT_FOUND', /none/))
  })

  it('are kept from paths that no honest client sends', async () => {
    const { url, ask } = await hostFiles({ 'index.js': `module.exports = ${telling('index')}` })
    const paths = [
      '/../../etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/a/%2e%2e/b',
      '/a/..\\b',
      '/a%00b',
      '/a%0Ab',
      '/%zz',
      '/%C3',
      `/${'a'.repeat(10_000)}`,
      '/a'.repeat(300),
    ]

    for (const path of paths) {
      const answer = await rawRequest(url, path)
      expect(answer).toMatchObject({ status: 400, type: expect.stringContaining('problem+json') })
    }
    expect(await rawRequest(url, `/${'a'.repeat(20_000)}`)).toMatchObject({ status: 431 })
    expect((await ask('/a%2Fb')).body).toMatchObject({ by: 'index' })
  })
})

/** A request whose path nobody puts right on the way. */
function rawRequest(url: string, path: string): Promise<{ status?: number; type?: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const asked = request({ hostname, port, path }, (response) => {
      response.resume()
      const { statusCode: status = 0, headers } = response
      resolve({ status, type: headers['content-type'] ?? '' })
    })
    asked.once('error', reject)
    asked.end()
  })
}

describe('reading a path', () => {
  it('gives parts that lead nowhere else, or refuses the path', () => {
    const piece = fc.constantFrom('a', '..', '.', '%2e', '%2F', '\\', '/', '%', '%00', 'ü', ' ')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = `/${pieces.join('')}`
        try {
          for (const part of readPath(path)) {
            expect(part.split(/[/\\]/)).not.toContain('..')
            expect(part).not.toMatch(/\p{Cc}/u)
          }
        } catch (error) {
          expect(KvasirError.is(error, 'KV_INVALID_ARGUMENT')).toBe(true)
        }
      }),
    )
  })
})

describe('a table of functions', () => {
  it('finds the longest route that a path begins with', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const path = fc.array(name, { maxLength: 4 })
    fc.assert(
      fc.property(fc.array(path), path, (routes, asked) => {
        const table = new FunctionTable<string>()
        for (const route of routes) table.set(route, route.join('/'))

        const fitting = routes.filter((route) => route.every((part, i) => part === asked[i]))
        const longest = Math.max(-1, ...fitting.map(({ length }) => length))
        const found = table.find(asked)

        expect(found?.target).toBe(longest < 0 ? undefined : asked.slice(0, longest).join('/'))
        if (found) expect(found.rest).toEqual(asked.slice(longest))
      }),
    )
  })
})
