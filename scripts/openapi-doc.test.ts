// Holds docs/openapi.json against the routes of the server, and against the rules of OpenAPI 3.1.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import { renderOpenApiDoc } from './openapi-doc.ts'

const checkedIn = readFileSync(join(import.meta.dirname, '../docs/openapi.json'), 'utf8')

/** What the recommended rules say against a document, warnings included. */
async function lint(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  return problems.map(({ ruleId, message, location: [place] }) => {
    return `${ruleId}: ${message} ${place?.pointer ?? ''}`
  })
}

describe('docs/openapi.json', () => {
  it('is what `npm run docs:openapi` writes', async () => {
    // Compared as text, because the order of members is part of the file.
    expect(checkedIn === (await renderOpenApiDoc())).toBe(true)
  })

  it('is OpenAPI 3.1', () => {
    expect(JSON.parse(checkedIn)).toMatchObject({ openapi: expect.stringMatching(/^3\.1\.\d$/) })
  })

  it('breaks no recommended rule', async () => {
    expect(await lint(checkedIn)).toEqual([])
  })
})

describe('the rules', () => {
  it('find a document that is not OpenAPI, and one that is careless', async () => {
    const { info, paths, ...rest } = JSON.parse(checkedIn) as Record<string, object>
    const careless = { ...rest, info, paths: { '/a/': { get: { responses: {} } } } }

    expect(await lint(JSON.stringify({ ...rest, paths }))).toContainEqual(
      expect.stringContaining('struct'),
    )
    expect(await lint(JSON.stringify(careless))).toContainEqual(
      expect.stringContaining('no-path-trailing-slash'),
    )
  })
})
