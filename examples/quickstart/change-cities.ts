/**
 * Changes the cities of a country one by one and prints each change once it is acknowledged. A third
 * of them grow, a third are deleted, and a third are given two seconds to live.
 *
 * `change-cities.ts grow delete --country FI` does the first two only.
 */
import type { Kv } from 'kvasir'
import { type City, keyOf, selectCities } from './cities.ts'
import { connect, patiently, print, readArguments } from './connect.ts'

const deeds: Record<string, (kv: Kv, city: City) => Promise<object>> = {
  async grow(kv, city) {
    const key = keyOf(city)
    const entry = await kv.getEntry<City>(key)
    if (entry === null) throw new Error(`There is no ${key}. Import the cities first.`)
    const value = { ...city, population: city.population + 1 }
    // An attempt whose answer was lost may have arrived. Only at this revision, and so only once.
    if (entry.value.population === city.population) {
      await kv.set(key, value, { ifRevision: entry.revision })
    }
    return { type: 'put', key, value }
  },

  async delete(kv, city) {
    const key = keyOf(city)
    await kv.delete(key)
    return { type: 'delete', key }
  },

  async expire(kv, city) {
    const key = keyOf(city)
    await kv.expire(key, '2s')
    return { type: 'put', key, value: city }
  },
}

const { words, country = 'IS' } = readArguments()
await using store = await connect()
const kv = store.project().kv()

for (const [turn, [name, deed]] of Object.entries(deeds).entries()) {
  if (words.length > 0 && !words.includes(name)) continue
  const share = selectCities(country).filter((_, index) => index % 3 === turn)
  for (const city of share) print(await patiently(() => deed(kv, city)))
}
