// The tarballs themselves: what is in them, and whether every resolver finds code and types.

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'

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

  it('holds no compiled file whose source is gone', () => {
    const compiled = files.filter((path) => /^dist\/.+\.js$/.test(path))
    const sources = new Set(files)
    const isWritten = (path: string): boolean =>
      sources.has(path) || sources.has(path.replace(/\.js$/, '.ts'))
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

function listFiles(tarball: string): string[] {
  return execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => path.replace(/^package\//, ''))
}
