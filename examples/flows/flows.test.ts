// The three chapters over real HTTP, with a token, on real files; then it prints what it checked.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { cacheAside, featureFlags, importAndRead } from './chapters.ts'
import { startLocalApi } from './local-api.ts'
import { tellOfCache, tellOfFlags, tellOfImport } from './sentences.ts'
import { serveStore } from './served-store.ts'

// No expectation, only the end of patience with something that hangs.
const timeoutMs = 300_000

const runProgram = promisify(execFile)
const told: string[] = []

afterAll(() => {
  console.log(told.join('\n'))
})

describe('flows against a server', { timeout: timeoutMs }, () => {
  it('ask an API only for what the cache has not, or not any more', async () => {
    const raven = { word: 'raven', sounds: ['R', 'EY1', 'V', 'AH0', 'N'] }
    const thought = { word: 'thought', sounds: ['TH', 'AO1', 'T'] }

    const figures = await cacheAside()

    expect(figures).toEqual({
      miss: { answer: raven, asked: 1 },
      hits: [raven, raven].map((answer) => ({ answer, asked: 1 })),
      otherWord: { answer: thought, asked: 2 },
      ttlMs: expect.any(Number),
      afterExpiry: { answer: raven, asked: 3 },
      hitAgain: { answer: raven, asked: 3 },
    })
    expect(figures.ttlMs).toBeGreaterThan(3_000_000)
    expect(figures.ttlMs).toBeLessThanOrEqual(3_600_000)
    told.push(tellOfCache(figures))
  })

  it('take a flag back to what it was, and never over what somebody else has set', async () => {
    const figures = await featureFlags()

    expect(figures).toEqual({
      rolledBack: { status: 200, value: { percent: 10 }, revision: 4 },
      conflict: { status: 409, value: { percent: 50 }, revision: 5 },
      secondTry: { status: 200, value: { percent: 10 }, revision: 6 },
      history: [
        { sequence: 2, value: { percent: 10 } },
        { sequence: 3, value: { percent: 100 } },
        { sequence: 4, value: { percent: 10 } },
        { sequence: 5, value: { percent: 50 } },
        { sequence: 6, value: { percent: 10 } },
      ],
    })
    told.push(tellOfFlags(figures))
  })

  it('import a dictionary page by page, and meet each of its words exactly once', async () => {
    const figures = await importAndRead()

    expect(figures).toEqual({
      words: 135_155,
      imported: { pages: 136, words: 135_155 },
      read: { pages: 136 },
      seen: 135_155,
      ...{ seenTwice: 0, missing: 0, different: 0, outOfOrder: 0 },
    })
    told.push(tellOfImport(figures))
  })
})

describe('call-flow.ts', { timeout: timeoutMs }, () => {
  it('runs the flow of a file with the input it is given', async () => {
    await using place = await serveStore()
    await using api = await startLocalApi()
    const input = JSON.stringify({ api: api.url, word: 'flow' })

    const { stdout, stderr } = await callFlow(place, ['flows/look-up.json', input])

    expect(JSON.parse(stdout)).toEqual({ word: 'flow', sounds: ['F', 'L', 'OW1'] })
    expect(stderr.trim().split('\n')).toEqual([
      'cache: kv-bucket-create 200',
      'cached: kv-key-get 404',
      'fetched: http-fetch 200',
      'kept: kv-key-put 200',
    ])
  })

  it('ends with 1 and names the step when a call fails', async () => {
    await using place = await serveStore()
    await using api = await startLocalApi()
    const input = JSON.stringify({ api: api.url, word: 'kvasir' })

    const failed = callFlow(place, ['flows/look-up.json', input])

    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('step "fetched": http-fetch failed with 404'),
    })
  })
})

function callFlow({ url, token }: { url: string; token: string }, args: readonly string[]) {
  const program = join(import.meta.dirname, 'call-flow.ts')
  return runProgram(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: import.meta.dirname,
    env: { ...process.env, KVASIR_URL: url, KVASIR_TOKEN: token },
  })
}
