import type { EngineInfo } from './results.ts'

/** A line for each store, with what it promises and what a reader has to know to be fair to it. */
export function promiseLines(stores: readonly EngineInfo[]): string[] {
  return stores.map(({ title, durability, durabilityText, notes }) => {
    const more = notes.length > 0 ? `. ${notes.join('; ')}` : ''
    return `- ${title} (${durability}): ${durabilityText}${more}`
  })
}
