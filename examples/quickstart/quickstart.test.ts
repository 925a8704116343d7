// The programs of this example against a real server, as processes of their own that are killed
// where it hurts. Every moment is chosen by what has been printed; nothing here waits for time.

import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type City, keyOf, selectCities } from './cities.ts'
import {
  createToken,
  endAll,
  findFreePort,
  type Place,
  type Program,
  startProgram,
  startServer,
} from './processes.ts'

// No expectation, only the end of patience with something that hangs.
const timeoutMs = 300_000

const done = { code: 0, signal: null }
const killed = { code: null, signal: 'SIGKILL' }
const figures = { batches: 0, serversKilled: 0, importersKilled: 0, keysChecked: 0, changes: 0 }

let place: Place
let server: Program

beforeEach(async () => {
  const data = await mkdtemp(join(tmpdir(), 'kvasir-quickstart-'))
  place = { data, port: await findFreePort(), token: await createToken(data) }
  server = await startServer(place)
}, timeoutMs)

afterEach(async () => {
  await endAll()
  await rm(place.data, { recursive: true, force: true })
}, timeoutMs)

afterAll(() => {
  console.log(`quickstart: ${JSON.stringify(figures)}`)
})

describe('importing all cities', { timeout: timeoutMs }, () => {
  it('loses nothing, and tears no batch, whenever server and importer are killed', async () => {
    let imported = 0
    const revisions = [0]

    for (const batches of [1, 7, 3]) {
      const importer = startProgram('import-cities.ts', [], place)
      await printed(importer, batches)
      await killServerWhileItWrites(importer)
      expect(await importer.end('SIGKILL')).toEqual(killed)
      figures.importersKilled++
      server = await startServer(place)
      const found = await read()

      const acknowledged = acknowledgedBy(importer)
      revisions.push(...acknowledged.map(({ revision }) => revision))
      const last = imported + acknowledged.length * 1000
      expect(acknowledged.map((line) => line.imported)).toEqual(steps({ from: imported, to: last }))
      // The batch under way may have arrived without its answer: all of it, or nothing.
      expect([last, last + 1000]).toContain(found.imported)
      imported = found.imported
      expect(found).toEqual({ ...done, imported, ...allEqual(imported) })
    }

    const importer = startProgram('import-cities.ts', [], place)
    for (const batches of [10, 11, 40, 80]) {
      await printed(importer, batches)
      await killServerWhileItWrites(importer)
      server = await startServer(place)
    }
    await importer.finish()

    const acknowledged = acknowledgedBy(importer)
    expect(acknowledged.map((line) => line.imported)).toEqual(
      steps({ from: imported, to: 135_233 }),
    )
    expect(await read()).toEqual({ ...done, imported: 135_233, ...allEqual(135_233) })
    // A batch that was made again, because nobody knew, has counted twice. Half a one never counts.
    revisions.push(...acknowledged.slice(0, -1).map(({ revision }) => revision))
    expect(revisions.filter((revision) => revision % 1001 !== 0)).toEqual([])
    expect((acknowledged.at(-1)?.revision ?? 0) % 1001).toBe(234)
  })
})

describe('watching the cities of a country', { timeout: timeoutMs }, () => {
  it('sees what another process changes, once and in order, over a kill of the server', async () => {
    const finland = ['--country', 'FI']
    const thirds = [0, 1, 2].map((turn) => selectCities('FI').filter((_, i) => i % 3 === turn))
    const [grown = [], deleted = [], expiring = []] = thirds
    await startProgram('import-cities.ts', finland, place).finish()
    const watcher = startProgram('watch-cities.ts', finland, place)
    await watcher.waitFor('stderr', (line) => line.startsWith('Watching'))

    const changer = startProgram('change-cities.ts', ['grow', 'delete', ...finland], place)
    await printed(watcher, 100)
    watcher.kill('SIGSTOP')
    await killServer()
    server = await startServer(place)
    // While the watcher cannot see it, cities grow and are deleted.
    await printed(changer, 250)
    watcher.kill('SIGCONT')
    await changer.finish()
    await seesLastDeed(watcher, changer)
    // Only now, because whoever reads late is given a key's last change alone.
    const expirer = startProgram('change-cities.ts', ['expire', ...finland], place)
    await expirer.finish()
    await seesLastDeed(watcher, expirer)
    let expiries = 0
    await watcher.waitFor('stdout', (line) => {
      if (line.includes('"type":"expire"')) expiries++
      return expiries === expiring.length
    })
    expect(await watcher.end('SIGTERM')).toEqual(done)

    const seen = watcher.stdout.map((line) => JSON.parse(line))
    const [first] = seen
    figures.changes += seen.length
    expect(seen.map(({ revision }) => revision - first.revision)).toEqual([...seen.keys()])
    const deeds = seen.filter(({ type }) => type !== 'expire').map(({ revision, ...deed }) => deed)
    const acknowledgedDeeds = [...changer.stdout, ...expirer.stdout].map((line) => JSON.parse(line))
    expect(deeds).toEqual(acknowledgedDeeds)
    expect(acknowledgedDeeds).toEqual([
      ...grown.map((city) => put({ ...city, population: city.population + 1 })),
      ...deleted.map((city) => ({ type: 'delete', key: keyOf(city) })),
      ...expiring.map(put),
    ])
    const expired = seen.filter(({ type }) => type === 'expire').map(({ key }) => key)
    expect(expired.sort()).toEqual(expiring.map(keyOf).sort())
    // What the reader finds wrong now is what was changed: it can tell.
    expect(await read('FI')).toEqual({
      ...{ code: 1, signal: null, imported: 464, unexpected: 0 },
      ...{ keys: grown.length, equal: 0, different: grown.length },
      missing: deleted.length + expiring.length,
    })
  })
})

/** Waits until the program has printed so many lines. */
async function printed(program: Program, lines: number): Promise<void> {
  await program.waitFor('stdout', (_, index) => index + 1 >= lines)
}

/** Not by counting: whoever misses a change would be waited for in vain. */
async function seesLastDeed(watcher: Program, changer: Program): Promise<void> {
  const { key } = JSON.parse(changer.stdout.at(-1) ?? '{}')
  await watcher.waitFor('stdout', (line) => line.includes(`"${key}"`))
}

async function killServer(): Promise<void> {
  expect(await server.end('SIGKILL')).toEqual(killed)
  figures.serversKilled++
}

/** Kills it at the first sign of writing, or when there is nothing more to write. */
async function killServerWhileItWrites(importer: Program): Promise<void> {
  const log = watch(join(place.data, 'kvasir.db-wal'))
  await Promise.race([once(log, 'change'), importer.exited])
  await killServer()
  log.close()
}

/** What the importer says is in the store, batch by batch. */
function acknowledgedBy(importer: Program): { imported: number; revision: number }[] {
  figures.batches += importer.stdout.length
  return importer.stdout.map((line) => JSON.parse(line))
}

/** What a reader, in a process of its own, finds in the store. */
async function read(country?: string) {
  const reader = startProgram('read-cities.ts', country ? ['--country', country] : [], place)
  const report = JSON.parse(await reader.waitFor('stdout', () => true))
  const exit = await reader.exited
  figures.keysChecked += report.keys
  return { ...exit, ...report }
}

function allEqual(cities: number) {
  return { keys: cities, equal: cities, different: 0, unexpected: 0, missing: 0 }
}

/** In steps of a thousand from `from`, without it, up to `to`, however long the last step is. */
function steps({ from, to }: { from: number; to: number }): number[] {
  const count = Math.ceil((to - from) / 1000)
  return Array.from({ length: count }, (_, index) => Math.min(from + (index + 1) * 1000, to))
}

function put(city: City) {
  return { type: 'put', key: keyOf(city), value: city }
}
