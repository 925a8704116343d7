import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { renderPage } from '../../src/http/api-page/render-page.ts'
import { document, operations } from './described-api.ts'
import { openApp } from './open-app.ts'

describe('GET /docs', () => {
  let response: Response
  let page: string

  beforeAll(async () => {
    const { app } = openApp()
    response = await app.request('/docs')
    page = await response.text()
  })

  const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found = '']) => found)

  it('answers everybody, with a page', () => {
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
  })

  it('tells of every operation', () => {
    const ids = all(/ id="operation-(\w+)"/g)

    expect(ids.sort()).toEqual(operations.map(({ operation }) => operation.operationId).sort())
  })

  it('has a place for everything that it links to', () => {
    const ids = new Set(all(/ id="([^"]+)"/g))
    const links = all(/ href="#([^"]+)"/g)

    expect(links.length).toBeGreaterThan(100)
    expect(links.filter((link) => !ids.has(link))).toEqual([])
    expect(ids.size).toBe(all(/ id="([^"]+)"/g).length)
  })

  it('loads nothing, and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe| src=|@import|url\(| on\w+=| style=/)
    expect(all(/ href="([^#"]+)"/g)).toEqual(['openapi.json'])
  })

  it('is allowed its own style and nothing else', () => {
    const [style = ''] = all(/<style>(.*?)<\/style>/gs)
    const hash = createHash('sha256').update(style).digest('base64')

    const policy = response.headers.get('content-security-policy')?.split('; ')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`style-src 'sha256-${hash}'`)
    expect(policy).toContain("frame-ancestors 'none'")
  })

  it('can be found one’s way in without seeing it', () => {
    const levels = all(/<h([1-6])[ >]/g).map(Number)
    const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)

    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    expect(jumps).toEqual([])
    expect(page).toContain('<main id="content">')
    expect(page).toContain('<nav aria-label="Contents">')
    expect(page).toContain('<a class="skip" href="#content">')
  })

  it('goes by what the reader’s system prefers, light or dark', () => {
    expect(page).toContain('color-scheme: light dark')
    expect(page).toContain('@media (prefers-color-scheme: dark)')
  })
})

describe('the page of a document', () => {
  it('shows what stands in it as text, whatever it is', async () => {
    const info = { ...document.info, title: '<script>alert(1)</script>', description: '`<b>`' }

    const page = await renderPage({ ...document, info })

    expect(page).not.toContain('<script>')
    expect(page).toContain('&lt;script&gt;')
    expect(page).toContain('<code>&lt;b&gt;</code>')
  })
})
