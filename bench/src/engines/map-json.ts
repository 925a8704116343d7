import type { EngineDefinition } from './engine.ts'

/** What a `Map` costs when it hands out values that are nobody else's: text, parsed at each call. */
export const mapJson: EngineDefinition = {
  name: 'map-json',
  title: 'Map of JSON text',
  isKvasir: false,
  durability: 'memory',
  durabilityText: 'none',
  notes: [],
  measures: 'all',
  async open() {
    const texts = new Map<string, string>()
    const counter = (key: string): number => Number(texts.get(key) ?? 0)
    return {
      get(key) {
        const text = texts.get(key)
        return text === undefined ? undefined : JSON.parse(text)
      },
      set: (key, value) => texts.set(key, JSON.stringify(value)),
      has: (key) => texts.has(key),
      delete: (key) => texts.delete(key),
      list: () => [...texts.keys()].length,
      increment: (key) => texts.set(key, String(counter(key) + 1)),
      counter,
      async load(entries) {
        for (const [key, value] of entries) texts.set(key, JSON.stringify(value))
      },
      close: () => texts.clear(),
    }
  },
}
