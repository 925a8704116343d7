import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const repository = join(import.meta.dirname, '..')

/** The rows of the tables: a bug, the file of a test, and its title, perhaps with an example. */
const row = /^\| (?<bug>[^|]+) \| `(?<path>[^`]+)` · (?<title>[^|]+?)(?: \([^()]+\))? \|$/gm

describe('the track record', () => {
  const text = readFileSync(join(repository, 'docs/track-record.md'), 'utf8')
  const rows = Array.from(text.matchAll(row), ({ groups }) => ({ ...groups }))

  it('has at least the twelve bugs that it promises, every row understood', () => {
    const lines = text.split('\n').filter((line) => /^\| (?!planted bug|---)/.test(line))

    expect(rows.length).toBe(lines.length)
    expect(rows.length).toBeGreaterThanOrEqual(12)
  })

  it.each(rows)('names a test that there is: $bug', ({ path = '', title = '' }) => {
    expect(existsSync(join(repository, path))).toBe(true)
    const source = readFileSync(join(repository, path), 'utf8')

    expect(source).toContain(title)
  })
})
