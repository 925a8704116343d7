/**
 * Changes the cities of a country one by one and prints each change once it is acknowledged. A third
 * of them grow, a third are deleted, and a third are given two seconds to live.
 *
 * `change-cities.ts grow delete --country FI` does the first two only.
 */
import type { Kv } from 'kvasir'
import { type City, keyOf, selectCities } from './cities.ts'
import { connect, print, readArguments } from './connect.ts'

const deeds: Record<string, (kv: Kv, city: City) => Promise<object>> = {
  async grow(kv, city) {
    const key = keyOf(city)
    // Read, called and written with nobody in between, and once only, however often it is retried.
    const value = await kv.update<City>(key, (found) => {
      if (found === null) throw new Error(`There is no ${key}. Import the cities first.`)
      return { ...found, population: found.population + 1 }
    })
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
  for (const city of share) print(await deed(kv, city))
}
