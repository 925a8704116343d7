import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportFigure, scaled } from '../../../../scripts/faults/scale.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

const files = ['kvasir.db', 'kvasir.db-wal', 'kvasir.json'] as const
const keys = Array.from({ length: 60 }, (_, index) => `key:${index}`)
const textFor = (key: string): string => `${key} `.repeat(60)

/** Copies of a store's files while it is open, so that half of it is in the log. */
async function makeTemplate(): Promise<string> {
  const [directory, template] = [temporaryDirectory(), temporaryDirectory()]
  const before = await open(directory)
  await before.commit(
    at,
    keys.slice(0, 30).map((key) => put(key, textFor(key))),
  )
  await before.close()
  const engine = await open(directory)
  for (const key of keys.slice(30)) await engine.commit(at, [put(key, textFor(key))])
  for (const name of files) copyFileSync(join(directory, name), join(template, name))
  return template
}

/** A place in a file; `fc.double` would choose the very beginning most of the time. */
const share = fc.nat({ max: 999_999 }).map((millionths) => millionths / 1_000_000)

const damage = fc.record({
  file: fc.constantFrom('kvasir.db', 'kvasir.db-wal'),
  flips: fc.array(
    fc.record({
      where: share,
      bits: fc.integer({ min: 1, max: 255 }),
    }),
    { maxLength: 4 },
  ),
  cutAt: fc.option(share, { freq: 4 }),
})

/** A copy of the template with bytes changed, or its end cut off. */
function spoiltCopy(
  template: string,
  { file, flips, cutAt }: Parameters<Parameters<typeof damage.map>[0]>[0],
): string {
  const directory = temporaryDirectory()
  for (const name of files) copyFileSync(join(template, name), join(directory, name))
  const path = join(directory, file)
  const bytes = readFileSync(path)
  for (const { where, bits } of flips) {
    const place = Math.min(bytes.length - 1, Math.floor(where * bytes.length))
    bytes[place] = (bytes[place] ?? 0) ^ bits
  }
  writeFileSync(path, bytes)
  if (cutAt !== null) truncateSync(path, Math.floor(cutAt * bytes.length))
  return directory
}

/** What came of opening and reading all of it. */
async function readAll(directory: string) {
  const path = join(directory, 'kvasir.db')
  const before = readFileSync(path)
  const wrong: string[] = []
  const codes = new Set<string>()
  const engine = await openSqliteEngine(directory).catch((error: unknown) => error)
  if (engine instanceof Error) {
    codes.add(KvasirError.is(engine) ? engine.code : String(engine))
    return { wrong, codes, isOpened: false, isKept: readFileSync(path).equals(before) }
  }
  for (const key of keys) {
    const entry = await (engine as Awaited<ReturnType<typeof open>>)
      .get(at, key)
      .catch((error: unknown) => codes.add(KvasirError.is(error) ? error.code : String(error)))
    if (!(entry instanceof Set) && textOf(entry) !== textFor(key)) wrong.push(key)
  }
  await (engine as Awaited<ReturnType<typeof open>>).close()
  return { wrong, codes, isOpened: true, isKept: true }
}

describe('a store of which any bytes were changed or cut off', () => {
  it('opens with what is right, or says that it is damaged, and is never overwritten or fatal', async () => {
    const template = await makeTemplate()
    const figures = { images: 0, refused: 0, damageMet: 0, undetectable: 0 }

    await fc.assert(
      fc.asyncProperty(damage, async (given) => {
        const directory = spoiltCopy(template, given)
        const report = await checkStore(directory).catch((error: unknown) => {
          if (!KvasirError.is(error, 'KV_CORRUPT')) throw error
          return undefined
        })

        const { wrong, codes, isOpened, isKept } = await readAll(directory)

        figures.images++
        if (!isOpened) figures.refused++
        if (codes.size > 0 && isOpened) figures.damageMet++
        expect(isKept).toBe(true)
        expect([...codes].filter((code) => code !== 'KV_CORRUPT')).toEqual([])
        // The log has checksums: what follows a damaged part of it is as if it had not been written.
        if (given.file === 'kvasir.db-wal') return
        // Of the database, nobody can tell a byte within a value from another value.
        if (report?.isHealthy) {
          figures.undetectable += wrong.length
          expect(wrong.length).toBeLessThanOrEqual(given.flips.length)
        }
        expect(existsSync(join(directory, 'kvasir.db'))).toBe(true)
      }),
      { numRuns: scaled({ short: 60, long: 3000 }) },
    )

    expect(figures.refused + figures.damageMet).toBeGreaterThan(0)
    reportFigure('bytes changed or cut off', figures)
  })
})
