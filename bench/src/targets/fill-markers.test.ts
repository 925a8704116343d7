import { describe, expect, it } from 'vitest'
import { fillMarkers } from './fill-markers.ts'

describe('a page with markers', () => {
  it('has the new text where the old one was, and the rest as before', () => {
    const page = 'before\n<!-- bench:one -->\nold\n<!-- /bench:one -->\nafter'

    const filled = fillMarkers(page, new Map([['one', 'new $1']]))

    expect(filled).toBe('before\n<!-- bench:one -->\n\nnew $1\n\n<!-- /bench:one -->\nafter')
    expect(fillMarkers(filled, new Map([['one', 'new $1']]))).toBe(filled)
  })

  it('keeps what there is no text for', () => {
    const page = '<!-- bench:one -->\nold\n<!-- /bench:one -->'

    expect(fillMarkers(page, new Map())).toBe(page)
  })

  it('is refused when a marker has no other half', () => {
    expect(() => fillMarkers('<!-- bench:one -->', new Map())).toThrow('"bench:one"')
  })
})
