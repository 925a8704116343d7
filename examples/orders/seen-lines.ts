/** A set of all the lines that any process has seen, so that each line counts once. */
import { dictionary } from 'cmu-pronouncing-dictionary'
import type { KVStore } from 'kvasir'

const batchLength = 1000

/**
 * The word list of the CMU Pronouncing Dictionary: 135,155 lines, where a word stands once for each
 * way to pronounce it.
 */
export function readWordList(): string[] {
  return Object.keys(dictionary).map((line) => line.replace(/\(\d+\)$/, ''))
}

/** Adds lines to the set, in batches; answers how many of them nobody had seen before. */
export async function rememberLines(kvStore: KVStore, lines: readonly string[]): Promise<number> {
  let added = 0
  for (let first = 0; first < lines.length; first += batchLength) {
    const batch = lines.slice(first, first + batchLength)
    const { words } = await kvStore.addStringMulti('seen', { words: batch })
    added += words?.size ?? 0
  }
  return added
}

/** Whether any process has seen the line. */
export function hasSeen(kvStore: KVStore, line: string): Promise<boolean> {
  return kvStore.hasString('seen', 'words', line)
}

/** All lines that have been seen, once each. */
export async function seenLines(kvStore: KVStore): Promise<Set<string>> {
  const { words } = await kvStore.get<{ words?: Set<string> }>('seen')
  return words ?? new Set()
}
