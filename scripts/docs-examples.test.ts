// Type-checks every example that a reader can copy: README, docs and `@example` docstrings.

import { describe, expect, it } from 'vitest'
import { checkExamples, type Example, findFenced, findInDocstrings } from './examples.ts'
import { readFiles } from './repository-files.ts'

describe('the examples', () => {
  it('compile in README.md and docs/', () => {
    const examples = read(/^(README|docs\/.+)\.md$/, findFenced)

    expect(examples.length).toBeGreaterThan(5)
    expect(checkExamples(examples)).toEqual([])
  })

  it('compile in docstrings', () => {
    const examples = read(/^packages\/[^/]+\/src\/.+\.ts$/, findInDocstrings)

    expect(examples.length).toBeGreaterThan(1)
    expect(checkExamples(examples)).toEqual([])
  })
})

describe('the check of examples', () => {
  it('points at the line of a document that is wrong', () => {
    const document = 'Text.\n\n```ts\nconst a = 1\nawait kv.set(a, 1)\n```\n'

    const mistakes = checkExamples(findFenced('guide.md', document))

    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(/^guide\.md:5: .*'number' is not assignable/)
  })

  it('points at the line of a docstring that is wrong', () => {
    const source = '/**\n * Opens.\n *\n * @example\n * await openStore(1)\n */\nexport {}'

    const mistakes = checkExamples(findInDocstrings('open.ts', source))

    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(/^open\.ts:5: .*'number' is not assignable/)
  })

  it('leaves a block out only for a reason', () => {
    expect(findFenced('a.md', '```ts no-check shows a mistake\nfoo(\n```')).toEqual([])
    expect(() => findFenced('a.md', '```ts no-check\nfoo(\n```')).toThrow('needs a reason')
  })
})

function read(pattern: RegExp, find: (path: string, text: string) => Example[]): Example[] {
  return readFiles(pattern).flatMap(({ path, text }) => find(path, text))
}
