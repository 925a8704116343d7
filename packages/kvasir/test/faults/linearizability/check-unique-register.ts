// Linearizability of a register to which no value is written twice: P. Gibbons and E. Korach,
// "Testing shared memories" (1997). A write and the reads of its value form a cluster. Between the
// first return and the last call in it lies the cluster's zone: the time in which the register must
// have held the value, if the return comes first (a forward zone); otherwise an interval of which
// one instant is enough (a backward zone). The history is linearizable if no two forward zones
// overlap and no backward zone lies within a forward one. O(n log n).

import {
  describe,
  type History,
  isUnknown,
  linearizable,
  notLinearizable,
  type Operation,
  type Verdict,
} from './history.ts'

export type UniqueInput = { readonly write: string } | { readonly read: true }

/** What was read; `null` before the first write. Nothing is known of the answer to a write. */
export type UniqueOutput = string | null

type Observed = Operation<UniqueInput, UniqueOutput>

interface Cluster {
  readonly value: string | null
  readonly write: { readonly calledAt: number; readonly returnedAt: number }
  reads: number
  firstReturn: number
  lastCall: number
}

interface Zone {
  readonly value: string | null
  readonly from: number
  readonly to: number
}

/** @throws when a value is written twice: then this check says nothing. */
export function checkUniqueRegister(history: History<UniqueInput, UniqueOutput>): Verdict {
  const clusters = clustersOf(history)
  for (const operation of history) {
    // A read without an answer told nobody anything.
    if (!('read' in operation.input) || isUnknown(operation)) continue
    const refused = addRead(clusters, operation)
    if (refused) return refused
  }
  // A write of unknown outcome that nobody has seen may as well not have happened.
  const happened = [...clusters.values()].filter((each) => !isUnknown(each.write) || each.reads > 0)
  return compareZones(
    happened.filter(isForward).map(({ value, firstReturn, lastCall }) => {
      return { value, from: firstReturn, to: lastCall }
    }),
    happened
      .filter((each) => !isForward(each))
      .map(({ value, firstReturn, lastCall }) => {
        return { value, from: lastCall, to: firstReturn }
      }),
  )
}

function clustersOf(history: readonly Observed[]): Map<string | null, Cluster> {
  const beforeAll = Number.NEGATIVE_INFINITY
  const clusters = new Map<string | null, Cluster>()
  const begin = (value: string | null, write: Cluster['write']): void => {
    if (clusters.has(value)) throw new Error(`${JSON.stringify(value)} is written twice.`)
    const { calledAt, returnedAt } = write
    clusters.set(value, { value, write, reads: 0, firstReturn: returnedAt, lastCall: calledAt })
  }
  begin(null, { calledAt: beforeAll, returnedAt: beforeAll })
  for (const operation of history) {
    if ('write' in operation.input) begin(operation.input.write, operation)
  }
  return clusters
}

function addRead(
  clusters: ReadonlyMap<string | null, Cluster>,
  operation: Observed,
): Verdict | undefined {
  const cluster = clusters.get(operation.output ?? null)
  if (!cluster) return notLinearizable(`Nobody wrote what was read: ${describe(operation)}.`)
  if (operation.returnedAt < cluster.write.calledAt) {
    return notLinearizable(`It was read before it was written: ${describe(operation)}.`)
  }
  cluster.reads++
  cluster.firstReturn = Math.min(cluster.firstReturn, operation.returnedAt)
  cluster.lastCall = Math.max(cluster.lastCall, operation.calledAt)
  return undefined
}

function isForward({ firstReturn, lastCall }: Cluster): boolean {
  return firstReturn < lastCall
}

function compareZones(forward: Zone[], backward: Zone[]): Verdict {
  forward.sort((a, b) => a.from - b.from)
  for (const [index, zone] of forward.entries()) {
    const next = forward[index + 1]
    if (next && next.from < zone.to) return notLinearizable(inTwoPlaces(zone, next))
  }
  backward.sort((a, b) => a.from - b.from)
  let index = 0
  for (const zone of backward) {
    // Forward zones follow each other: the one that may hold this zone is the first to end after it.
    while ((forward[index]?.to ?? Number.POSITIVE_INFINITY) <= zone.from) index++
    const around = forward[index]
    if (around && around.from < zone.from && zone.to < around.to) {
      return notLinearizable(inTwoPlaces(around, zone))
    }
  }
  return linearizable
}

function inTwoPlaces(zone: Zone, other: Zone): string {
  return `The register must have held ${JSON.stringify(zone.value)} from ${zone.from} to ${zone.to}, and ${JSON.stringify(other.value)} within that time (${other.from} to ${other.to}).`
}
