// `npm start` as a user would run it, but with data of its own and on any free ports. It needs what
// `npm run build` builds, as the other tests here do.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

const script = join(import.meta.dirname, '../../../scripts/start.mjs')
const homes: string[] = []
const started: Started[] = []

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM')
    await ended
  }
})

afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves API and functions over the same data, until %s stops both',
    async (signal) => {
      const { child, ended, said } = start(newHome())
      const { api, functions, token } = await addressesOf(said)

      const first = await (await fetch(functions)).json()
      const headers = { authorization: `Bearer ${token}` }
      const stored = await fetch(`${api}/v1/buckets/default/keys/visits`, { headers })
      child.kill(signal)

      expect(first).toMatchObject({ visits: 1 })
      expect([stored.status, await stored.json()]).toEqual([200, 1])
      expect(await ended).toBe(0)
      await expect(fetch(api)).rejects.toThrow()
      await expect(fetch(functions)).rejects.toThrow()
    },
  )

  it('goes on with the data and the token of the last time', async () => {
    const home = newHome()
    const first = start(home)
    const before = await addressesOf(first.said)
    await fetch(before.functions)
    first.child.kill('SIGTERM')
    await first.ended

    const { functions, token } = await addressesOf(start(home).said)

    expect(await (await fetch(functions)).json()).toMatchObject({ visits: 2 })
    expect(token).toBe(before.token)
  })

  it.each(['--port', '--functions-port'])(
    'says what to do when the %s is in use, and leaves nothing running',
    async (option) => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as AddressInfo

      const { ended, said } = start(newHome(), option, String(port))

      expect(await ended).toBe(1)
      expect(said()).toContain(`Port ${port} on 127.0.0.1 is in use.`)
      expect(said()).toContain('npm start -- --port 8450 --functions-port 8460')
      taken.close()
    },
  )
})

interface Started {
  readonly child: ChildProcess
  /** Resolves with the exit code once the process is gone, and nothing that it started prints. */
  readonly ended: Promise<number | null>
  readonly said: () => string
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'kvasir-start-'))
  homes.push(home)
  return home
}

function start(home: string, ...args: string[]): Started {
  const ports = ['--port', '0', '--functions-port', '0']
  const child = spawn(process.execPath, [script, '--home', home, ...ports, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const one = { child, ended, said: () => text }
  started.push(one)
  return one
}

/** What it prints once all is ready. */
async function addressesOf(said: () => string) {
  const find = (what: string) => new RegExp(`^ {2}${what} +(\\S+)$`, 'm').exec(said())?.[1] ?? ''
  await expect.poll(() => said(), { timeout: 50_000 }).toContain('Ctrl-C stops both')
  return { api: find('API'), functions: find('functions'), token: find('with token') }
}
