// The published types, in a strict consumer, under the module resolutions that people use.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { type Outcome, run } from './run.ts'

const everything = inject('everything')

const goodConsumer = `
import { createServer } from 'node:http'
import { KvasirError, openStore, type Store } from 'kvasir'
import { openRemoteStore, type Store as SmallStore } from 'kvasir/client'
import { openEngine, type Engine } from 'kvasir/engine'
import { describeFunctions } from 'kvasir/flows'
import type { FunctionHandler } from 'kvasir/functions'
import { openMemoryStore } from 'kvasir/memory'
import * as conformance from 'kvasir/conformance'
import * as protocol from 'kvasir/protocol'
import * as server from '@kvasir/server'

export async function main(): Promise<number | null> {
  const store: Store = await openStore('./data')
  const stores: SmallStore[] = [store, openMemoryStore(), openRemoteStore('http://a')]
  const engine: Engine = await openEngine('memory:')
  await engine.close()
  const kv = stores[0]?.project('shop').kv()
  await kv?.set('count', 1, '1h')
  const answer = await store.project().flows().kvKeyGet({ bucket: 'b', key: 'k' })
  if (answer.error) throw new KvasirError(answer.error.code, answer.body ?? answer.error.message)
  const { revision }: { revision: number } = answer.body
  return (await kv?.get<number>('count')) ?? revision
}

export const handler: FunctionHandler = async (req, res) => res.json(await kv.get(req.path))

export const isConflict = (error: unknown): boolean =>
  error instanceof KvasirError && error.code === 'KV_CONFLICT'
export const parts = [createServer, conformance, describeFunctions, protocol, server]
`

const badConsumer = `
import { openStore } from 'kvasir'
export const store = openStore(42)
`

describe.each(['nodenext', 'bundler'])('with moduleResolution %s', (moduleResolution) => {
  it('a strict consumer compiles, our declarations included', () => {
    // `skipLibCheck` is off: broken declarations of ours would not show otherwise.
    expect(compile(goodConsumer, { moduleResolution })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })

  it('a wrong call does not compile', () => {
    const { status, stdout } = compile(badConsumer, { moduleResolution, skipLibCheck: true })

    expect(status).not.toBe(0)
    expect(stdout).toMatch(/error TS2345.*number/)
  })
})

describe('the functions that `kvasir functions new` writes', () => {
  it('compile with what it writes beside them, and mistakes in plain JavaScript do not', () => {
    const directory = join(everything, 'functions')
    const kvasir = 'node_modules/@kvasir/server/dist/cli/main.js'
    run(everything, [kvasir, 'functions', 'new', 'hello', '--dir', directory])
    run(everything, [kvasir, 'functions', 'new', 'typed', '--ts', '--dir', directory])
    writeFileSync(join(directory, 'bad.js'), "module.exports = () => kv.gte('count')")
    const written = ['jsconfig.json', 'tsconfig.json'].map((name) => join(directory, name))

    const outcomes = written.map((project) => {
      const tsc = 'node_modules/typescript/bin/tsc'
      return run(everything, [tsc, '-p', project])
    })

    for (const { status, stdout } of outcomes) {
      expect(status).not.toBe(0)
      expect(stdout.split('\n')).toEqual([
        expect.stringMatching(/bad\.js\(1,.*'gte' does not exist on type 'FunctionKv'/),
      ])
    }
  })
})

function compile(
  text: string,
  { moduleResolution, skipLibCheck = false }: { moduleResolution: string; skipLibCheck?: boolean },
): Outcome {
  const directory = join(everything, `types-${moduleResolution}`)
  const module = moduleResolution === 'bundler' ? 'preserve' : moduleResolution
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module,
    moduleResolution,
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck,
    noEmit: true,
  }
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'consumer.ts'), text)
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
  )
  return run(everything, ['node_modules/typescript/bin/tsc', '-p', directory])
}
