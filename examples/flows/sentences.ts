/** What each chapter has found, in lines that people read. */
import type { cacheAside, featureFlags, importAndRead } from './chapters.ts'

type Figures<Chapter extends () => Promise<unknown>> = Awaited<ReturnType<Chapter>>

export function tellOfCache(figures: Figures<typeof cacheAside>): string {
  const { miss, hits, otherWord, afterExpiry, hitAgain } = figures
  return lines(
    'Cache of an HTTP API: two words looked up, one of them five times',
    `first look-up: the API was asked ${times(miss.asked)}`,
    `${hits.length} more: ${times((hits.at(-1)?.asked ?? 0) - miss.asked)}`,
    `another word: ${times(otherWord.asked - (hits.at(-1)?.asked ?? 0))}`,
    `after the expiry of the first: ${times(afterExpiry.asked - otherWord.asked)}`,
    `and then: ${times(hitAgain.asked - afterExpiry.asked)}`,
  )
}

export function tellOfFlags({
  rolledBack,
  conflict,
  ...rest
}: Figures<typeof featureFlags>): string {
  return lines(
    'Feature flags: a bucket that keeps ten values of each',
    `rolled back: ${JSON.stringify(rolledBack)}`,
    `with a colleague in between: ${JSON.stringify(conflict)}`,
    `having looked again: ${JSON.stringify(rest.secondTry)}`,
    `history: ${rest.history.map(({ value }) => JSON.stringify(value)).join(' → ')}`,
  )
}

export function tellOfImport(figures: Figures<typeof importAndRead>): string {
  const { words, imported, read, seen, seenTwice, missing, different, outOfOrder } = figures
  return lines(
    `Import: ${many(words)} words of a dictionary, from an HTTP API`,
    `imported: ${JSON.stringify(imported)}; read back: ${JSON.stringify(read)}`,
    `${many(seen)} seen, ${many(seenTwice)} of them twice, ${many(missing)} missing`,
    `${many(different)} different, ${many(outOfOrder)} out of order`,
  )
}

function lines(title: string, ...findings: string[]): string {
  return [title, ...findings.map((finding) => `  ${finding}`)].join('\n')
}

function times(count: number): string {
  return count === 1 ? 'once' : `${many(count)} times`
}

function many(count: number): string {
  return count.toLocaleString('en')
}
