/**
 * Imports the cities in batches of 1,000. Each batch carries a checkpoint and is one atomic step, so
 * that, whatever is killed and whenever, the next start goes on exactly where the data ends.
 */
import { type Checkpoint, checkpointOf, keyOf, selectCities } from './cities.ts'
import { connect, patiently, print, readArguments } from './connect.ts'

const batchLength = 1000

const { country } = readArguments()
const cities = selectCities(country)
await using store = await connect()
const kv = store.project().kv()

const checkpoint = await patiently(() => kv.get<Checkpoint>(checkpointOf(country)))
let imported = checkpoint?.imported ?? 0
if (imported > 0) console.error(`Going on after ${imported} cities.`)

while (imported < cities.length) {
  const batch = cities.slice(imported, imported + batchLength)
  const next: Checkpoint = { imported: imported + batch.length }
  const entries = batch.map((city) => ({ key: keyOf(city), value: city }))
  const revisions = await patiently(() =>
    kv.setMany([...entries, { key: checkpointOf(country), value: next }]),
  )
  imported = next.imported
  // The server has answered: from here on, nothing takes these cities away again.
  print({ imported, revision: revisions.at(-1) })
  showProgress(imported / cities.length)
}

function showProgress(share: number): void {
  if (!process.stderr.isTTY) return
  const bar = '█'.repeat(Math.round(share * 40)).padEnd(40, '░')
  process.stderr.write(`\r${bar} ${Math.round(share * 100)} %${share < 1 ? '' : '\n'}`)
}
