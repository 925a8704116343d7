// What a page loads of `kvasir/client`, and that it works however it was bundled.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, it } from 'vitest'
import limits from '../size-limits.json' with { type: 'json' }
import { type Bundle, bundleInOne, splitWithEsbuild, splitWithRolldown } from './bundle-client.ts'
import { run } from './run.ts'

const everything = inject('everything')
const entry = join(everything, 'node_modules/kvasir/dist/client.js')
const { firstGzipBytesMax } = limits['kvasir/client']

const program = `
  import { createApp, startServer } from '@kvasir/server'
  import { openMemoryEngine } from 'kvasir/memory'
  const { openRemoteStore } = await import(process.argv[2])
  const grant = { id: 'page', project: '*', scopes: ['read', 'write', 'admin'] }
  const app = createApp({ engine: openMemoryEngine(), verifyToken: async () => grant })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  const store = openRemoteStore(server.url, { token: 'page' })
  const kv = store.project().kv()
  await kv.set('user:1', { name: 'alice', at: new Date(0) }, '1h')
  const plain = [await kv.get('user:1'), await kv.has('user:1'), await kv.increment('visits')]
  plain.push(await kv.delete('user:1'), await kv.get('user:1'))
  await kv.clear()
  const told = async (call) => call.catch((error) => error.code)
  const rest = [
    await told(kv.lock('report', { ttl: '1m' }).then((lock) => lock.fence)),
    await told(store.project().storage().kvStore.increment('user:1', 'visits')),
    await told(kv.set('user:1', 1n)),
  ]
  console.log(JSON.stringify({ plain, rest }))
  await store.close()
  await server.close({ graceMs: 0 })`

/** Puts files of a bundle into a place of their own, and runs the page there. */
function runPage({ files }: Bundle, names: readonly string[]): unknown {
  const pages = join(everything, 'pages')
  mkdirSync(pages, { recursive: true })
  const place = mkdtempSync(join(pages, 'page-'))
  for (const name of names) writeFileSync(join(place, name), files[name] ?? '')
  writeFileSync(join(place, 'package.json'), '{"type":"module"}')
  writeFileSync(join(everything, 'page.mjs'), program)
  const { stdout, stderr } = run(everything, ['--no-warnings', 'page.mjs', join(place, 'page.js')])
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const plain = [{ name: 'alice', at: '1970-01-01T00:00:00.000Z' }, true, 1, true, null]

describe.each([
  ['esbuild, in one file', bundleInOne],
  ['esbuild, split', splitWithEsbuild],
  ['rolldown, split', splitWithRolldown],
])('a page with kvasir/client by %s', (_, bundle) => {
  it('works', async () => {
    const made = await bundle(entry)

    expect(runPage(made, Object.keys(made.files))).toEqual({
      plain,
      rest: [1, 1, 'KV_INVALID_VALUE'],
    })
  })
})

describe.each([
  ['esbuild', splitWithEsbuild],
  ['rolldown', splitWithRolldown],
])('a page with kvasir/client that is split by %s', (bundler, split) => {
  it('opens, gets and sets with what it loads at first, and says what could not be loaded', async () => {
    const made = await split(entry)

    expect(made.first.length).toBeLessThan(Object.keys(made.files).length)
    expect(runPage(made, made.first)).toEqual({
      plain,
      rest: ['KV_UNAVAILABLE', 'KV_UNAVAILABLE', 'KV_UNAVAILABLE'],
    })
  })

  it(`loads at most ${firstGzipBytesMax} bytes for that`, async () => {
    const { files, first } = await split(entry)
    const sizes = first.map((name) => gzipSync(files[name] ?? '', { level: 9 }).length)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)

    console.log(`kvasir/client by ${bundler}: ${bytes} bytes at first, in ${first.length} files`)
    expect(bytes).toBeGreaterThan(500)
    expect(bytes).toBeLessThanOrEqual(firstGzipBytesMax)
  })
})
