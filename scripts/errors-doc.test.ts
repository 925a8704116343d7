// Holds docs/errors.md and the error catalogue against each other, in both directions.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorCatalog } from '../packages/kvasir/src/errors/catalog.ts'
import { findSections, renderErrorsDoc } from './errors-doc.ts'

const document = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8')
const codes = Object.keys(errorCatalog)

describe('docs/errors.md', () => {
  it('has a section for every code', () => {
    expect(codes.length).toBeGreaterThan(20)
    expect(codes.filter((code) => !findSections(document).includes(code))).toEqual([])
  })

  it('has no section for a code that does not exist', () => {
    expect(findSections(document).filter((code) => !codes.includes(code))).toEqual([])
    expect(findSections('## KV_GONE\n\ntext\n')).toEqual(['KV_GONE'])
  })

  it('is what `npm run docs:errors` writes', () => {
    expect(document).toBe(renderErrorsDoc())
  })
})
