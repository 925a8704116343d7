import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findServer, natsKind, type ServerKind } from './find-server.ts'

let directory: string

/** A kind of server that nobody has looked for yet. */
function kindOf(name: string): ServerKind {
  return { ...natsKind, name, variable: 'BENCH_TEST_SERVER' }
}

/** A program that says nothing but its version. */
function writeProgram(version: string): string {
  const path = join(directory, 'server')
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`)
  chmodSync(path, 0o755)
  return path
}

describe('a server that a variable names', () => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
  })

  afterEach(() => {
    delete process.env.BENCH_TEST_SERVER
    rmSync(directory, { recursive: true, force: true })
  })

  it.each(['2.12.0', '2.15.1', '3.0.0'])('is taken when it is new enough: %s', (version) => {
    const path = writeProgram(version)
    process.env.BENCH_TEST_SERVER = path

    const program = findServer(kindOf(`server-${version}`))

    expect(program).toMatchObject({ command: path, version })
  })

  it('is refused when it is too old, however new the others are', () => {
    process.env.BENCH_TEST_SERVER = writeProgram('2.9.10')

    expect(() => findServer(kindOf('old-server'))).toThrow(
      /does not run as a old-server of at least 2\.12\./,
    )
  })

  it('is refused when it is none', () => {
    process.env.BENCH_TEST_SERVER = join(directory, 'no-such-server')

    expect(() => findServer(kindOf('no-server'))).toThrow('BENCH_TEST_SERVER names')
  })
})
