// The tarballs themselves: what is in them, and whether every resolver finds code and types.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'
import { loadedBy } from './loaded-files.ts'

const repository = join(import.meta.dirname, '../../..')
const attw = join(repository, 'node_modules/@arethetypeswrong/cli/dist/index.js')

describe.each(Object.entries(inject('tarballs')))('the tarball of %s', (name, tarball) => {
  const files = listFiles(tarball)

  it('holds code, types, source and licence, and nothing else', () => {
    const odd = /^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.(ts|js)|package\.json|[A-Z]+(\.md)?)$/

    expect(files).toContain('dist/index.js')
    expect(files).toContain('dist/index.d.ts')
    expect(files).toContain('src/index.ts')
    expect(files).toContain('LICENSE')
    expect(files.filter((path) => !odd.test(path))).toEqual([])
  })

  it('holds no declarations whose source is gone', () => {
    const compiled = files.filter((path) => /^dist\/.+\.d\.ts$/.test(path))
    const sources = new Set(files)
    const isWritten = (path: string): boolean =>
      ['.ts', '.js'].some((ending) => sources.has(path.replace(/\.d\.ts$/, ending)))
    const orphans = compiled.filter((path) => !isWritten(path.replace('dist/', 'src/')))

    expect(compiled.length).toBeGreaterThan(5)
    expect(orphans).toEqual([])
  })

  it('is well-formed for publint', async () => {
    const pkgDir = join(inject('everything'), 'node_modules', name)
    const { messages, pkg = {} } = await publint({ pkgDir, pack: false, strict: true })

    expect(pkg).toMatchObject({ name })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('resolves to code and types that agree, for ESM', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [attw, tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color'],
      { encoding: 'utf8' },
    )

    expect(stdout).toContain(name)
    expect(status, stdout).toBe(0)
  })
})

describe('the JavaScript of kvasir', () => {
  const directory = join(inject('library'), 'node_modules/kvasir')
  const scripts = listFiles(inject('tarballs').kvasir ?? '').filter((path) => path.endsWith('.js'))
  const entries = scripts.filter((path) => /^dist\/[^/]+$/.test(path))

  it('is all within reach of its entries', async () => {
    const { files, others } = await loadedBy(directory, entries, { withLater: true })

    expect(entries).toContain('dist/index.js')
    expect(files.sort()).toEqual(scripts.sort())
    expect(others).toEqual(expect.arrayContaining(['ws', 'zod', '@photostructure/sqlite']))
  })

  it('comes in a few files for who imports kvasir, and brings no other package', async () => {
    const { files, others } = await loadedBy(directory, ['dist/index.js'])

    // Each takes part of a millisecond, whatever is in it.
    expect(files.length).toBeLessThanOrEqual(5)
    expect(others).toEqual([])
  })

  it('comes in a few more for who opens a directory, and needs nothing but Node', async () => {
    const { files, others } = await loadedBy(directory, ['dist/index.js', 'dist/chunks/sqlite.js'])

    expect(files.length).toBeLessThanOrEqual(7)
    expect(others.length).toBeGreaterThan(2)
    expect(others.filter((name) => !name.startsWith('node:'))).toEqual([])
  })

  it('names its sources, which are published beside it', () => {
    const read = (path: string) => readFileSync(join(directory, path), 'utf8')
    const maps = scripts
      .map((path) => `${path}.map`)
      .filter((path) => existsSync(join(directory, path)))
    const named = maps.flatMap((map) => {
      const { sources } = JSON.parse(read(map)) as { readonly sources: readonly string[] }
      return sources.map((source) => join(directory, dirname(map), source))
    })
    const ours = named.filter((path) => path.startsWith(join(directory, 'src')))

    expect(ours.length).toBeGreaterThan(100)
    expect(ours.filter((path) => !existsSync(path))).toEqual([])
  })
})

function listFiles(tarball: string): string[] {
  return execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => path.replace(/^package\//, ''))
}
