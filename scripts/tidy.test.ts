// Runs tidy.ts over the repository, and over bad files, because a check that cannot fail is no check.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RepositoryFile, readFiles } from './repository-files.ts'
import { checks } from './tidy.ts'

const repository = join(import.meta.dirname, '..')
const files = readFiles(/\.(ts|tsx|mjs|js|json|md|yml|sh)$|^\.ci\/run$/).filter(
  ({ path }) => !/package-lock\.json$|\/fixtures\/|^bench\/results\//.test(path),
)
const packageSources = files.filter(({ path }) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path))
const tests = files.filter(({ path }) => path.endsWith('.test.ts') && !isAboutTidiness(path))
const everything = files.filter(({ path }) => !isAboutTidiness(path))

const scopes: Record<keyof typeof checks, { seen: RepositoryFile[]; bad: string }> = {
  // The conformance suite is a list of behaviours: a long one is no harder to read.
  'files stay under 300 lines': { seen: packageSources.filter(isNoSuite), bad: 'a\n'.repeat(301) },
  'lines stay under 100 columns': { seen: packageSources, bad: `const a = ${'1 + '.repeat(30)}1` },
  'nothing is left to do': { seen: packageSources, bad: '// TODO later' },
  'no test is focused or skipped': { seen: tests, bad: "it.skip('is broken', () => {})" },
  'no rule is switched off': { seen: everything, bad: '// biome-ignore lint: why not' },
  'no path of one machine': { seen: everything, bad: "const data = '/home/alice/data'" },
}

describe('the repository', () => {
  for (const [title, check] of Object.entries(checks)) {
    const { seen, bad } = scopes[title as keyof typeof checks]

    it(`is tidy: ${title}`, () => {
      const offences = seen.flatMap((file) => check(file).map((what) => `${file.path}: ${what}`))

      expect(seen.length).toBeGreaterThan(5)
      expect(offences).toEqual([])
    })

    it(`is checked for: ${title}`, () => {
      expect(check({ path: 'bad.ts', text: bad })).toHaveLength(1)
      expect(check({ path: 'good.ts', text: "it('works', () => {})\n" })).toEqual([])
    })
  }
})

describe('package-lock.json', () => {
  it('names no registry, so that any mirror serves it', () => {
    const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as Lock
    const resolved = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? [])

    expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
    expect(resolved.filter((place) => place.includes('://'))).toEqual([])
  })
})

interface Lock {
  packages: Record<string, { resolved?: string }>
}

function isNoSuite({ path }: RepositoryFile): boolean {
  return !path.startsWith('packages/kvasir/src/conformance/')
}

/** The files which have to spell out what they forbid. */
function isAboutTidiness(path: string): boolean {
  return /^(scripts\/(tidy|import-rules)|CONTRIBUTING|docs\/style)/.test(path)
}
