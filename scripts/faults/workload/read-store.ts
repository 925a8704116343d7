import type { Bucket } from '../../../packages/kvasir/src/front/bucket.ts'
import type { BucketEntry } from '../../../packages/kvasir/src/index.ts'
import { canonical } from './canonical.ts'
import { keysUnder } from './draw-operations.ts'
import { type LaneBuckets, writtenBuckets } from './lane-buckets.ts'
import { differingPlace, type Fact, placeOf, type State } from './state.ts'

/** A store as it was found. */
export interface FoundStore {
  /** By the names of lanes. */
  readonly states: ReadonlyMap<string, State>
  readonly brief: ReadonlyMap<string, ReadonlyMap<string, Fact>>
  /** Between which instants the brief keys were read. */
  readonly briefReadAt: readonly [number, number]
  /** What is wrong whatever the lanes have done. */
  readonly problems: readonly string[]
}

/** Reads everything that lanes have stored, by listings and histories. */
export async function readStore(
  buckets: LaneBuckets,
  lanes: readonly string[],
): Promise<FoundStore> {
  const states = new Map(lanes.map((lane) => [lane, new Map<string, Fact>()]))
  for (const name of writtenBuckets) {
    for (const [key, fact] of await factsOf(buckets[name])) {
      states.get(laneOf(key))?.set(placeOf(name, key), fact)
    }
  }
  await addHistories(buckets.kept, states)
  const from = Date.now()
  const briefFacts = await factsOf(buckets.brief)
  const briefReadAt = [from, Date.now()] as const
  const brief = new Map(lanes.map((lane) => [lane, new Map<string, Fact>()]))
  for (const [key, fact] of briefFacts) brief.get(laneOf(key))?.set(key, fact)
  return { states, brief, briefReadAt, problems: await copyProblems(buckets) }
}

function laneOf(key: string): string {
  return key.slice(0, key.indexOf('.'))
}

async function factsOf(bucket: Bucket): Promise<Map<string, Fact>> {
  const facts = new Map<string, Fact>()
  for await (const entry of bucket.entries()) facts.set(entry.key, toFact(entry))
  return facts
}

function toFact({ value, revision, expiresAt }: BucketEntry): Fact {
  const expires = expiresAt === undefined ? '' : ' expires'
  return { content: `${canonical(value)}${expires}`, revision, expiresAt }
}

async function addHistories(
  kept: Bucket,
  states: ReadonlyMap<string, Map<string, Fact>>,
): Promise<void> {
  for (const [lane, state] of states) {
    const keys = keysUnder(`${lane}.kept`)
    const histories = await Promise.all(keys.map((key) => kept.history(key)))
    for (const [index, history] of histories.entries()) {
      if (history.length === 0) continue
      const items = history.map(({ kind, value }) =>
        kind === 'put' ? `put ${canonical(value)}` : kind,
      )
      const place = placeOf('kept', keys[index] ?? '', 'history')
      state.set(place, { content: items.join() })
    }
  }
}

/** A mirror is its origin, revisions and all; a bucket with sources has the contents of both. */
async function copyProblems({ origin, kept, mirror, sourced }: LaneBuckets): Promise<string[]> {
  const origins = await factsOf(origin)
  const problems: string[] = []
  const inMirror = differingPlace(origins, await factsOf(mirror))
  if (inMirror) problems.push(`the mirror differs from its origin at ${inMirror}`)
  const contents = new Map([...origins, ...(await factsOf(kept))].map(withoutRevision))
  const inSourced = differingPlace(contents, await factsOf(sourced))
  if (inSourced) problems.push(`the bucket with sources differs from them at ${inSourced}`)
  return problems
}

function withoutRevision([key, { content }]: readonly [string, Fact]): [string, Fact] {
  return [key, { content }]
}
