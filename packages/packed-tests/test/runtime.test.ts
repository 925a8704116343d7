// The installed packages at work under Node: every entry, both module systems, the command line.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, inject, it } from 'vitest'
import { run, runProgram } from './run.ts'

const library = inject('library')
const everything = inject('everything')
const hasSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined

describe('an installed kvasir', () => {
  it('keeps a value in a directory over a restart', () => {
    const text = `
      import { openStore } from 'kvasir'
      const first = await openStore('./data')
      await first.project('shop').kv().set('user:1', { name: 'alice' })
      await first.close()
      const second = await openStore('./data')
      console.log(JSON.stringify(await second.project('shop').kv().get('user:1')))
      await second.close()`

    expect(runProgram(everything, { name: 'round-trip.mjs', text })).toEqual({
      status: 0,
      stdout: '{"name":"alice"}',
      stderr: '',
    })
  })

  it('calls a function by its name', () => {
    const text = `
      import { openStore } from 'kvasir'
      const store = await openStore('memory:')
      const { body } = await store.project().flows().call('kv-key-increment', {
        bucket: 'default',
        key: 'visits',
      })
      console.log(body.value)
      await store.close()`

    expect(runProgram(library, { name: 'function.mjs', text })).toEqual({
      status: 0,
      stdout: '1',
      stderr: '',
    })
  })

  it('loads with require()', () => {
    const text = `
      const { openStore } = require('kvasir')
      openStore('memory:').then(async (store) => {
        await store.project().kv().set('a', 1)
        console.log(await store.project().kv().get('a'))
        await store.close()
      })`

    expect(runProgram(library, { name: 'commonjs.cjs', text })).toEqual({
      status: 0,
      stdout: '1',
      stderr: '',
    })
  })

  const entries = {
    kvasir: 'openStore',
    'kvasir/client': 'openRemoteStore',
    'kvasir/memory': 'openMemoryStore',
    'kvasir/engine': 'openEngine',
    'kvasir/protocol': 'toProblem',
    'kvasir/maintenance': 'checkStore',
    'kvasir/conformance': 'testEngine',
  }
  for (const [entry, name] of Object.entries(entries)) {
    it(`has ${name} in ${entry}, and needs no other package for it`, () => {
      const text = `import { ${name} } from '${entry}'\nconsole.log(typeof ${name})`

      expect(runProgram(library, { name: 'entry.mjs', text }).stdout).toBe('function')
    })
  }

  it('has one KvasirError, whichever entry it comes from', () => {
    const text = `
      import { KvasirError } from 'kvasir'
      import { KvasirError as ofClient } from 'kvasir/client'
      import { openEngine, createStore } from 'kvasir/engine'
      import { openMemoryStore } from 'kvasir/memory'
      const stores = [openMemoryStore(), createStore(await openEngine('memory:'))]
      const errors = await Promise.all(
        stores.map((store) => store.project().bucket('none').catch((error) => error)),
      )
      console.log(ofClient === KvasirError, ...errors.map((error) => error instanceof KvasirError))`

    expect(runProgram(library, { name: 'one-error.mjs', text }).stdout).toBe('true true true')
  })

  it('tells where in its sources an error was thrown', () => {
    const text = `
      import { openStore } from 'kvasir'
      await openStore('ftp://nowhere').catch((error) => console.log(error.stack))`

    writeFileSync(join(library, 'stack.mjs'), text)

    const { stdout } = run(library, ['--enable-source-maps', 'stack.mjs'])
    expect(stdout).toMatch(/kvasir\/src\/engine\.ts:\d+/)
  })

  it('hides everything that is no entry', () => {
    const text = "await import('kvasir/dist/chunks/core.js')"

    const { status, stderr } = runProgram(library, { name: 'inside.mjs', text })

    expect(status).toBe(1)
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})

describe('kvasir on a runtime without SQLite and without the driver', () => {
  it.runIf(!hasSqlite)('says which package to install', () => {
    const text = `
      import { openStore } from 'kvasir'
      await openStore('./data').catch((error) => console.log(error.code, error.message))`

    const { stdout } = runProgram(library, { name: 'no-driver.mjs', text })

    expect(stdout).toContain('KV_DRIVER_MISSING')
    expect(stdout).toContain('@photostructure/sqlite')
  })
})

describe('the installed command', () => {
  const command = ['node_modules/.bin/kvasir']

  it('tells the version of its package', () => {
    const text =
      "console.log((await import('@kvasir/server/package.json', { with: { type: 'json' } })).default.version)"
    const { stdout: version } = runProgram(everything, { name: 'version.mjs', text })

    expect(run(everything, [...command, '--version'])).toMatchObject({ status: 0, stdout: version })
  })

  it('explains itself', () => {
    const { status, stdout } = run(everything, [...command, '--help'])

    expect(status).toBe(0)
    expect(stdout).toMatch(/usage: kvasir/i)
    expect(stdout).toContain('serve')
  })

  it('writes a function in TypeScript, and serves it with a store', async () => {
    const written = run(everything, [
      ...command,
      'functions',
      'new',
      'hello',
      '--ts',
      '--dir',
      'fn',
    ])
    const args = [...command, 'functions', 'fn', '--port', '0', '--json']
    const host = spawn(process.execPath, args, { cwd: everything })
    const said: string[] = []
    host.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    try {
      const [line] = await once(createInterface(host.stdout), 'line')
      const answer = await fetch(`${JSON.parse(String(line)).url}/hello?name=Ada`)

      expect(written).toMatchObject({ status: 0 })
      expect(await answer.json()).toEqual({ hello: 'Ada', visits: 1 })
    } finally {
      host.kill('SIGTERM')
    }
    expect(await once(host, 'exit')).toEqual([0, null])
    expect(said.join('')).toBe('Stopping: requests may finish. A second signal stops at once.\n')
  })

  it('puts another process in the place of one that a function keeps busy', async () => {
    const directory = join(everything, 'busy')
    mkdirSync(directory)
    writeFileSync(join(directory, 'kvasir.json'), '{ "timeout": "1s" }')
    writeFileSync(join(directory, 'loop.js'), 'module.exports = () => { for (;;); }')
    writeFileSync(join(directory, 'good.js'), 'module.exports = (req, res) => res.json(1)')
    const args = [...command, 'functions', 'busy', '--data', 'memory:', '--port', '0', '--json']
    const host = spawn(process.execPath, args, { cwd: everything })
    const said: string[] = []
    host.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    try {
      const [line] = await once(createInterface(host.stdout), 'line')
      const { url } = JSON.parse(String(line)) as { readonly url: string }

      await expect(fetch(`${url}/loop`)).rejects.toThrow()

      expect(await (await fetch(`${url}/good`)).json()).toBe(1)
      expect(said.join('')).toContain('loop.js:1:')
    } finally {
      host.kill('SIGTERM')
    }
    expect(await once(host, 'exit')).toEqual([0, null])
  })

  it('refuses a command that it does not have, as wrong usage', () => {
    expect(run(everything, [...command, 'no-such-command']).status).toBe(2)
  })
})
