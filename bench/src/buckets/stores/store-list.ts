import type { BucketStoreDefinition } from '../bucket-store.ts'
import { kvasirDurable, kvasirRelaxed, kvasirServed, kvasirServedRelaxed } from './kvasir.ts'
import { natsAlways, natsDefault } from './nats.ts'

/** In the order of the tables: by durability, Kvasir first. */
export const bucketStoreList: readonly BucketStoreDefinition[] = [
  kvasirDurable,
  kvasirServed,
  natsAlways,
  kvasirRelaxed,
  kvasirServedRelaxed,
  natsDefault,
]

export function bucketStoreNamed(name: string): BucketStoreDefinition {
  const store = bucketStoreList.find((candidate) => candidate.name === name)
  if (store) return store
  throw new Error(`There is no store with buckets "${name}".`)
}
