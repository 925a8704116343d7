import fc from 'fast-check'
import type { Project } from 'kvasir'
import type { OpenedEngine } from 'kvasir/conformance'
import { createStore } from 'kvasir/engine'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../conformance/open-memory.ts'
import { behindServer, inProcess } from '../conformance/open-remote.ts'
import { openCheckedSqlite } from '../conformance/open-sqlite.ts'
import { harnessOf } from '../conformance-catches/broken-engine.ts'
import { bugs } from '../conformance-catches/bugs.ts'
import { comparable, perform } from './perform-call.ts'
import { keys, largeLife, type Step, smallLife } from './record-calls.ts'
import { RecordModel } from './record-model.ts'

/** How many lives of small records, and of large ones, each engine goes through. */
const engines: readonly (readonly [
  name: string,
  open: () => Promise<OpenedEngine>,
  lives: { readonly small: number; readonly large: number },
])[] = [
  ['memory', openMemory, { small: 300, large: 60 }],
  ['sqlite', openCheckedSqlite, { small: 80, large: 100 }],
  ['remote', behindServer(openCheckedSqlite, inProcess), { small: 50, large: 15 }],
]

describe('any sequence of calls of the kvStore', () => {
  for (const [name, open, lives] of engines) {
    it(`resolves as plain objects would, and leaves the same records: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(smallLife, (steps) => live(open, steps)),
        { numRuns: lives.small },
      )
    })

    it(`does so with fields that become large and small again: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(largeLife, (steps) => live(open, steps)),
        { numRuns: lives.large },
      )
    })
  }

  for (const name of ['drops the TTL where it should stay', 'loses the types of sets']) {
    it(`is told apart from one on an engine that ${name}`, async () => {
      const broken = bugs.filter((bug) => bug.name === name).map(harnessOf)

      const outcomes = await Promise.all(
        broken.map(({ open }) =>
          fc.check(
            fc.asyncProperty(smallLife, (steps) => live(open, steps)),
            { numRuns: 500, endOnFailure: true },
          ),
        ),
      )

      expect(outcomes.map(({ failed }) => failed)).toEqual([true])
    })
  }
})

/** Does the same on a store and on the model, comparing what they answer and hold. */
async function live(open: () => Promise<OpenedEngine>, steps: readonly Step[]): Promise<void> {
  let opened = await open()
  const model = new RecordModel()
  try {
    for (const step of steps) {
      const project = createStore(opened.engine).project('shop')
      if ('reopen' in step) {
        opened = (await opened.reopen?.()) ?? opened
      } else if ('advanceMs' in step) {
        await opened.clock.advance(step.advanceMs)
        model.now += step.advanceMs
      } else {
        const expected = model.run(step.key, step.call)
        const answer = await perform(project, step.key, step)
        expect(comparable(answer)).toStrictEqual(comparable(expected))
        if (step.looks) await compareStates(project, model)
      }
    }
    await compareStates(createStore(opened.engine).project('shop'), model)
  } finally {
    await opened.close()
  }
}

async function compareStates(project: Project, model: RecordModel): Promise<void> {
  const kv = project.kv()
  for (const key of keys) {
    const { value, ttlMs } = model.state(key) ?? {}
    const exists = model.state(key) !== undefined
    expect(await kv.has(key)).toBe(exists)
    expect(comparable(await kv.get(key))).toStrictEqual(comparable(exists ? value : null))
    expect(await kv.ttl(key)).toBe(exists ? ttlMs : null)
  }
}
