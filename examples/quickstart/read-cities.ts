/**
 * Reads everything back, page after page, compares it with the data set, and answers a question.
 * While an import is unfinished, what should be there is what its checkpoint says.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Kv } from 'kvasir'
import {
  type Checkpoint,
  type City,
  checkpointOf,
  keyOf,
  prefixOf,
  selectCities,
} from './cities.ts'
import { connect, print, readArguments } from './connect.ts'

const { country } = readArguments()
await using store = await connect()
const kv = store.project().kv()

const imported = await findImported(kv)
const report = await compare(kv, imported)
print({ imported: imported.length, ...report })
print({ country: country ?? 'IS', largest: await findLargest(kv, country ?? 'IS') })
if (report.equal !== imported.length || report.keys !== imported.length) process.exitCode = 1

/** The cities that were imported by themselves, or with all others. */
async function findImported(kv: Kv): Promise<readonly City[]> {
  const checkpoints = [checkpointOf(country), checkpointOf()]
  const [alone, withAll] = await kv.getMany<Checkpoint>(checkpoints)
  const cities = selectCities(country)
  const first = cities.slice(0, alone?.imported ?? 0)
  const others = selectCities().slice(0, withAll?.imported ?? 0)
  const firstOfAll = others.filter((city) => country === undefined || city.country === country)
  return firstOfAll.length > first.length ? firstOfAll : first
}

/** Compares what the store has with what it should have. */
async function compare(kv: Kv, wanted: readonly City[]) {
  const missing = new Map(wanted.map((city) => [keyOf(city), city]))
  const report = { keys: 0, equal: 0, different: 0, unexpected: 0, missing: 0 }
  for await (const { key, value } of kv.entries<City>({ prefix: prefixOf(country) })) {
    const city = missing.get(key)
    missing.delete(key)
    report.keys++
    if (city === undefined) report.unexpected++
    else if (isDeepStrictEqual(value, city)) report.equal++
    else report.different++
  }
  return { ...report, missing: missing.size }
}

/** The names of a country's five largest cities. */
async function findLargest(kv: Kv, country: string): Promise<string[]> {
  const found: City[] = []
  for await (const { value } of kv.entries<City>({ prefix: prefixOf(country) })) found.push(value)
  found.sort((left, right) => right.population - left.population)
  return found.slice(0, 5).map(({ name, population }) => `${name} (${population})`)
}
