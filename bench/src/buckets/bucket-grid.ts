import { grouped, microseconds, times } from '../format.ts'
import type { Grid } from '../grid.ts'
import { pairedRatio } from '../statistics.ts'
import { type BucketResults, type BucketStoreInfo, costsAt, medianAt } from './bucket-results.ts'
import type { Scene } from './scenes.ts'
import type { BucketWorkload } from './workloads/bucket-workload.ts'
import { bucketWorkloadList } from './workloads/bucket-workload-list.ts'

// The tables about buckets: one for each scene, with its sizes as columns.

const none = '–'

/** Microseconds of a call, and how they grow from the smallest size to the largest. */
export function sceneGrid(results: BucketResults, scene: Scene): Grid {
  const sizes = results.sizes[scene.name]
  const rows = measuredIn(results, scene).map(({ workload, store }) => {
    const costs = sizes.map((size) => costText(results, { store, workload, size }))
    const [first, last] = [sizes[0] ?? 0, sizes.at(-1) ?? 0].map((size) =>
      costsAt(results, { store: store.name, workload: workload.name, size }),
    )
    return [rowTitle(workload, store), ...costs, ratioText(last, first)]
  })
  return { header: [scene.unit, ...sizes.map(grouped), 'last ÷ first'], rows }
}

/** How many times Kvasir's rate is that of the others, at each size. */
export function versusGrid(results: BucketResults, scene: Scene): Grid {
  const sizes = results.sizes[scene.name]
  const measured = measuredIn(results, scene)
  const pairs = measured
    .filter(({ store }) => store.isKvasir)
    .flatMap((ours) =>
      measured
        .filter((theirs) => !theirs.store.isKvasir && isAlike(ours, theirs))
        .map((theirs) => ({ ours, theirs })),
    )
  const rows = pairs.map(({ ours, theirs }) => {
    const workload = ours.workload.name
    const cells = sizes.map((size) => {
      const own = costsAt(results, { store: ours.store.name, workload, size })
      const others = costsAt(results, { store: theirs.store.name, workload, size })
      // A rate is the inverse of a cost, so that theirs stands above.
      return ratioText(others, own)
    })
    return [`${rowTitle(ours.workload, ours.store)} ÷ ${theirs.store.title}`, ...cells]
  })
  return { header: [scene.unit, ...sizes.map(grouped)], rows }
}

interface Row {
  readonly workload: BucketWorkload
  readonly store: BucketStoreInfo
}

function measuredIn({ stores, measurements }: BucketResults, scene: Scene): Row[] {
  return bucketWorkloadList
    .filter((workload) => workload.scene === scene.name)
    .flatMap((workload) => stores.map((store) => ({ workload, store })))
    .filter(({ workload, store }) =>
      measurements.some((each) => each.workload === workload.name && each.store === store.name),
    )
}

/** Writes are compared with those that promise the same; reads promise nothing. */
function isAlike(ours: Row, theirs: Row): boolean {
  const isRead = ours.workload.kind === 'read'
  const isSame = ours.workload.name === theirs.workload.name
  return isSame && (isRead || ours.store.durability === theirs.store.durability)
}

function rowTitle({ title, kind }: BucketWorkload, store: BucketStoreInfo): string {
  const label = kind === 'read' ? title : `${title}, ${store.durability}`
  return `${label}: ${store.title}`
}

function costText(
  results: BucketResults,
  { store, workload, size }: Row & { size: number },
): string {
  const place = { store: store.name, workload: workload.name, size }
  const cost = medianAt(results, place)
  if (cost !== undefined) return microseconds(cost)
  const hasFailed = results.measurements.some(
    (each) =>
      each.store === place.store &&
      each.workload === place.workload &&
      each.size === size &&
      each.failure !== undefined,
  )
  return hasFailed ? 'failed' : none
}

function ratioText(above: readonly number[] = [], below: readonly number[] = []): string {
  if (above.length === 0 || below.length === 0) return none
  return times(pairedRatio(above, below).median)
}
