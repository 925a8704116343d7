/** What a key holds, as far as it can be compared. */
export interface Fact {
  /** Equal for equal contents; whether it expires is part of it. */
  readonly content: string
  /** Absent: not known, because the write that made it was never answered. */
  readonly revision?: number
  readonly expiresAt?: number | undefined
}

/** Everything that a lane has stored, by bucket and key. */
export type State = ReadonlyMap<string, Fact>

/** Where a fact stands: a key's value, or what is kept of its past. */
export function placeOf(bucket: string, key: string, what: 'value' | 'history' = 'value'): string {
  return `${bucket}${what === 'value' ? '/' : '#'}${key}`
}

export function isSame(expected: State, actual: State): boolean {
  return expected.size === actual.size && differingPlace(expected, actual) === undefined
}

/** The first place where the two differ, for messages. */
export function differingPlace(expected: State, actual: State): string | undefined {
  for (const [place, fact] of expected) {
    if (!isSameFact(fact, actual.get(place))) return place
  }
  for (const place of actual.keys()) {
    if (!expected.has(place)) return place
  }
  return undefined
}

function isSameFact(expected: Fact, actual: Fact | undefined): boolean {
  if (!actual || expected.content !== actual.content) return false
  if (expected.revision === undefined) return true
  return expected.revision === actual.revision && expected.expiresAt === actual.expiresAt
}
