import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/codec/limits.ts'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { toAnswerKey } from '../../src/engines/sqlite/answer-keys.ts'
import { migrations } from '../../src/engines/sqlite/migrations.ts'
import { openDatabase } from '../../src/engines/sqlite/open-database.ts'
import { loadSqliteDriver, type SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, temporaryDirectory } from './directories.ts'
import { takeBackToFirstFormat } from './first-format.ts'

const increment = [{ op: 'increment', key: 'count', by: 1 }] as const

async function rowsOf(directory: string): Promise<unknown[]> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(join(directory, 'kvasir.db'), { readOnly: true })
  const rows = database.prepare('SELECT stem, first, last FROM answers ORDER BY id').all()
  database.close()
  return rows
}

async function openWith(directory: string, steps: typeof migrations): Promise<SqliteDatabase> {
  const driver = await loadSqliteDriver()
  const settings = { driver, durability: 'durable', busyTimeoutMs: 1000 } as const
  return openDatabase(directory, { ...settings, migrations: steps })
}

/** Keys of a few clients, few enough to come again, and some that only look like theirs. */
const someKey = fc.oneof(
  fc
    .tuple(fc.constantFrom('ada', 'bob'), fc.integer({ min: 1, max: 60 }))
    .map(([client, number]) => `${client}.${number.toString(36)}`),
  fc.constantFrom('ada', 'ada.', 'ada.0', 'ada.01', 'ada.A', '.1', 'ada.1.1'),
)

/** What comes in one turn of the event loop, and how long after the turn before. */
const someGroups = fc.array(
  fc.record({
    keys: fc.array(someKey, { minLength: 1, maxLength: 12 }),
    pauseMs: fc.constantFrom(0, 1, limits.idempotencyTtlMs / 2, limits.idempotencyTtlMs),
    isReopened: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
)

describe('the rows of answers to idempotent commits', () => {
  it('give each key its own answer for ten minutes, however keys come', async () => {
    await fc.assert(
      fc.asyncProperty(someGroups, async (groups) => {
        const directory = temporaryDirectory()
        const clock = new ManualClock()
        const answered = new Map<string, { readonly answer: unknown; readonly atMs: number }>()
        let nowMs = 0
        let engine: Engine = await open(directory, { clock })
        for (const { keys, pauseMs, isReopened } of groups) {
          if (isReopened) {
            await engine.close()
            engine = await open(directory, { clock })
          }
          nowMs += pauseMs
          await clock.advance(pauseMs)
          const answers = await Promise.all(
            keys.map((idempotencyKey) => engine.commit(at, increment, { idempotencyKey })),
          )
          for (const [index, key] of keys.entries()) {
            const known = answered.get(key)
            const isKept = known !== undefined && nowMs - known.atMs < limits.idempotencyTtlMs
            if (!isKept) answered.set(key, { answer: answers[index], atMs: nowMs })
            else expect(answers[index]).toEqual(known.answer)
          }
          const revisions = [...answered.values()].map(({ answer }) => JSON.stringify(answer))
          expect(new Set(revisions).size).toBe(revisions.length)
        }
        await engine.close()
      }),
      { numRuns: 40 },
    )
  })

  it('are one for what a client numbers in a row and sends at once', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const commit = (idempotencyKey: string) => engine.commit(at, increment, { idempotencyKey })

    await Promise.all(
      Array.from({ length: 40 }, (_, index) => commit(`ada.${(index + 1).toString(36)}`)),
    )
    await Promise.all(['ada.16', 'bob.1', 'ada.15', 'once'].map(commit))

    expect(await rowsOf(directory)).toEqual([
      { stem: 'ada', first: 1, last: 40 },
      { stem: 'ada', first: 41, last: 42 },
      { stem: 'bob', first: 1, last: 1 },
      { stem: 'once', first: 0, last: 0 },
    ])
  })

  it('take more answers for a second, of a client that waits for each', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const engine = await open(directory, { clock })
    const commit = (idempotencyKey: string) => engine.commit(at, increment, { idempotencyKey })
    const first = await commit('ada.1')
    for (const key of ['ada.2', 'bob.1', 'ada.3', 'once', 'ada.5']) await commit(key)
    await clock.advance(999)
    const sixth = await commit('ada.6')
    await clock.advance(1)
    await commit('ada.7')

    expect(await rowsOf(directory)).toEqual([
      { stem: 'ada', first: 1, last: 3 },
      { stem: 'bob', first: 1, last: 1 },
      { stem: 'once', first: 0, last: 0 },
      { stem: 'ada', first: 5, last: 6 },
      { stem: 'ada', first: 7, last: 7 },
    ])
    await clock.advance(limits.idempotencyTtlMs - 1001)
    expect(await commit('ada.1')).toEqual(first)
    await clock.advance(999)
    expect(await commit('ada.6')).toEqual(sixth)
    expect(await commit('ada.1')).not.toEqual(first)
  })

  it('begin anew before they take long to write', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory, { clock: new ManualClock() })
    const commit = (idempotencyKey: string) => engine.commit(at, increment, { idempotencyKey })

    for (let number = 1; number <= 100; number++) await commit(`ada.${number.toString(36)}`)

    const rows = (await rowsOf(directory)) as { first: number; last: number }[]
    expect(rows.length).toBeGreaterThan(2)
    expect(rows.length).toBeLessThan(20)
    expect(rows.map(({ first }) => first)).toEqual(
      [1, ...rows.map(({ last }) => last + 1)].slice(0, -1),
    )
  })

  it('are looked up anew once another connection has written', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const commit = (idempotencyKey: string) => engine.commit(at, increment, { idempotencyKey })
    await commit('ada.1')
    const { DatabaseSync } = await loadSqliteDriver()
    const other = new DatabaseSync(join(directory, 'kvasir.db'))
    other.exec('DELETE FROM answers')
    other.close()

    const second = await commit('ada.2')

    expect(await commit('ada.2')).toEqual(second)
    expect(await rowsOf(directory)).toEqual([{ stem: 'ada', first: 2, last: 2 }])
  })

  it('refuse another commit under a key that is in the middle of one', async () => {
    const engine = await open(temporaryDirectory())
    await Promise.all(
      ['ada.1', 'ada.2', 'ada.3'].map((idempotencyKey) =>
        engine.commit(at, increment, { idempotencyKey }),
      ),
    )

    const other = engine.commit(at, [{ op: 'increment', key: 'count', by: 2 }], {
      idempotencyKey: 'ada.2',
    })

    await expect(other).rejects.toMatchObject({ code: 'KV_IDEMPOTENCY_MISMATCH' })
  })

  it('take over the answers that a store of the first format has', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const keys = ['ada.1', 'ada.2', 'once'] as const
    const answers = []
    for (const idempotencyKey of keys) {
      answers.push(await engine.commit(at, increment, { idempotencyKey }))
    }
    await engine.close()
    const database = await openWith(directory, migrations)
    takeBackToFirstFormat(database)
    database.close()

    const again = await open(directory)

    for (const [index, idempotencyKey] of keys.entries()) {
      expect(await again.commit(at, increment, { idempotencyKey })).toEqual(answers[index])
    }
    expect((await again.get(at, 'count'))?.value.data).toBe('3')
  })
})

describe('the place of an answer', () => {
  it('is another for every key', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(someKey, fc.string()), { maxLength: 20 }), (keys) => {
        const unique = new Set(keys)
        const places = new Set([...unique].map((key) => JSON.stringify(toAnswerKey(key))))
        expect(places.size).toBe(unique.size)
      }),
    )
  })
})
