// The entries that promise to run anywhere: bundled for a browser from the tarball, and then run
// with a browser's globals alone.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { type BuildResult, build } from 'esbuild'
import { describe, expect, inject, it } from 'vitest'

const library = inject('library')
const limits = JSON.parse(
  readFileSync(join(import.meta.dirname, '../size-limits.json'), 'utf8'),
) as Record<string, { gzipBytesMax: number }>

describe.each(Object.entries(limits))('%s in a browser', (entry, { gzipBytesMax }) => {
  it('needs nothing of Node', async () => {
    const { warnings, text } = await bundle(entry)

    expect(warnings).toEqual([])
    expect(text).not.toMatch(/['"]node:|\brequire\(/)
    expect(Object.keys(load(text)).length).toBeGreaterThan(1)
  })

  it(`takes at most ${gzipBytesMax} bytes`, async () => {
    const { text } = await bundle(entry)
    const { length } = gzipSync(text, { level: 9 })

    console.log(`${entry}: ${text.length} bytes minified, ${length} with gzip`)
    expect(length).toBeGreaterThan(500)
    expect(length).toBeLessThanOrEqual(gzipBytesMax)
  })
})

describe('kvasir/memory in a browser', () => {
  it('stores and reads', async () => {
    const { text } = await bundle('kvasir/memory')
    const { openMemoryStore } = load(text) as Pick<
      typeof import('kvasir/memory'),
      'openMemoryStore'
    >

    const kv = openMemoryStore().project().kv()
    await kv.set('user:1', { name: 'alice' })

    // The store's objects come from another realm, whose prototypes are not ours.
    expect(JSON.stringify(await kv.get('user:1'))).toBe('{"name":"alice"}')
  })

  it('encrypts secrets with the key that it is given', async () => {
    const { text } = await bundle('kvasir/memory')
    const { openMemoryStore } = load(text) as Pick<
      typeof import('kvasir/memory'),
      'openMemoryStore'
    >

    const { secrets } = openMemoryStore({ secretsKey: '01'.repeat(32) })
      .project()
      .storage()
    await secrets.put('database', { password: 'hunter2' })

    expect(JSON.stringify(await secrets.get('database'))).toBe('{"password":"hunter2"}')
  })
})

describe('the check itself', () => {
  it('goes red for an entry that does need Node', async () => {
    await expect(bundle('kvasir')).rejects.toThrow(/Could not resolve "node:/)
  })
})

async function bundle(entry: string): Promise<{ warnings: BuildResult['warnings']; text: string }> {
  const { warnings, outputFiles } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: library },
    platform: 'browser',
    format: 'iife',
    globalName: 'bundle',
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
  })
  return { warnings, text: outputFiles[0]?.text ?? '' }
}

/** Runs a bundle where only what browsers have is defined, and returns its exports. */
function load(text: string): Record<string, unknown> {
  const { fetch, URL, Headers, Request, Response, AbortController, AbortSignal } = globalThis
  const { TextEncoder, TextDecoder, crypto, performance, structuredClone, DOMException } =
    globalThis
  const { setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask } = globalThis
  const web = { fetch, URL, Headers, Request, Response, AbortController, AbortSignal }
  const more = { TextEncoder, TextDecoder, crypto, performance, structuredClone, DOMException }
  const timers = { setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask }
  const context = createContext({ ...web, ...more, ...timers, atob, btoa })
  return runInContext(`${text};bundle`, context) as Record<string, unknown>
}
