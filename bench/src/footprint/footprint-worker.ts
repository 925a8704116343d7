// A process that fills one store and reads it, and tells by how much it has grown.

import { setTimeout as sleep } from 'node:timers/promises'
import { createDataSet, entriesBetween, keyAt, valueAt } from '../data-set.ts'
import { engineNamed } from '../engines/engine-list.ts'

export interface Growth {
  readonly rssBytes: number
  /** Of all values as text. */
  readonly jsonBytes: number
}

async function main(): Promise<void> {
  const [engine = '', directory = '', ...numbers] = process.argv.slice(2)
  const [keyCount = 0, valueBytes = 0] = numbers.map(Number)
  const data = createDataSet(keyCount, valueBytes)
  const before = await settledRss()
  const connection = await engineNamed(engine).open(directory)
  const step = 1000
  for (let from = 0; from < keyCount; from += step) {
    await connection.load(entriesBetween(data, from, Math.min(keyCount, from + step)))
  }
  for (let number = 0; number < keyCount; number++) {
    await connection.get(keyAt(data.keys, data, number))
  }
  const rssBytes = (await settledRss()) - before
  let jsonBytes = 0
  for (let number = 0; number < keyCount; number++) {
    jsonBytes += JSON.stringify(valueAt(data, number)).length
  }
  await connection.close()
  const growth: Growth = { rssBytes, jsonBytes }
  process.stdout.write(JSON.stringify(growth))
}

/** Resident bytes when garbage is gone and what runs in the background has had its turn. */
async function settledRss(): Promise<number> {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.()
    await sleep(100)
  }
  return process.memoryUsage().rss
}

void main() // What it throws ends the process, which the bench notices.
