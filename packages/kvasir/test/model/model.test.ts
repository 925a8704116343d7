import fc from 'fast-check'
import type { OpenedEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../conformance/open-memory.ts'
import { behindServer, inProcess } from '../conformance/open-remote.ts'
import { openCheckedSqlite } from '../conformance/open-sqlite.ts'
import { harnessOf } from '../conformance-catches/broken-engine.ts'
import { bugs } from '../conformance-catches/bugs.ts'
import { commands } from './commands.ts'
import { runCommands } from './run-commands.ts'

const engines: readonly (readonly [
  name: string,
  lives: number,
  open: () => Promise<OpenedEngine>,
])[] = [
  ['memory', 300, openMemory],
  ['sqlite', 80, openCheckedSqlite],
  ['remote over memory', 60, behindServer(openMemory, inProcess)],
  ['remote over sqlite', 30, behindServer(openCheckedSqlite, inProcess)],
]

describe('any sequence of operations', () => {
  for (const [name, lives, open] of engines) {
    // A failure prints the seed and the shortest sequence that fails; `fc.assert` takes both back.
    it(`has the same results and leaves the same bucket as in a plain map: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(commands, (life) => runCommands(open, life)),
        { numRuns: lives },
      )
    })
  }
})

describe('the model', () => {
  const noticed = bugs.filter(({ name }) =>
    [
      'forgets expiry in listings',
      'forgets expiry in conditions, so that ifAbsent fails on expired keys',
      'drops the TTL where it should stay',
      'ignores ifAbsent',
      'loses an update: ignores ifRevision',
      'applies the operations before one that fails',
      'orders keys by UTF-16',
      'loses the types of sets',
    ].includes(name),
  )

  it('is held against engines that are broken', () => {
    expect(noticed).toHaveLength(8)
  })

  for (const bug of noticed) {
    it(`tells an engine apart that ${bug.name}`, async () => {
      const { open } = harnessOf(bug)

      const { failed } = await fc.check(
        fc.asyncProperty(commands, (life) => runCommands(open, life)),
        { numRuns: 500, endOnFailure: true },
      )

      expect(failed).toBe(true)
    })
  }
})
