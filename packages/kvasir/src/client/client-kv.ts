import type { DurationUnit } from '../codec/duration-ms.ts'
import type { Kv } from '../dialects/kv/kv-types.ts'
import type { BucketRef } from '../engine/engine.ts'
import type { ValueRequests } from '../engines/remote/value-requests.ts'
import type { Listing } from '../front/paged.ts'
import type { Store } from '../store/store.ts'
import { asItIsNow } from './as-it-is-now.ts'
import { callsOf } from './calls.ts'
import type { Later } from './later.ts'
import { laterListing, laterWatch } from './later-sequences.ts'
import { createValueCalls } from './value-calls.ts'

const names = [
  'get',
  'set',
  'has',
  'delete',
  'clear',
  'increment',
  'getMany',
  'setMany',
  'deleteMany',
  'update',
  'getEntry',
  'getAndDelete',
  'getOrSet',
  'expire',
  'persist',
  'ttl',
  'lock',
  'rateLimit',
] as const

export interface ClientKvParts {
  readonly at: BucketRef
  readonly requests: ValueRequests
  readonly ttlUnit: DurationUnit
  readonly later: Later
  readonly pick: (store: Store) => Kv
}

/** The `kv` dialect, of which what goes beyond plain values is loaded at its first use. */
export function createClientKv({ later, pick, ...parts }: ClientKvParts): Kv {
  const getWhole = (key: string): Promise<unknown> => later.use((store) => pick(store).get(key))
  const values = createValueCalls({ ...parts, getWhole })
  const listing = <Item>(list: (kv: Kv) => Listing<Item>): Listing<Item> =>
    laterListing((use) => later.use((store) => use(list(pick(store)))))
  return {
    ...callsOf<Kv, (typeof names)[number]>(names, { later, pick, values }),
    keys: (options) => listing((kv) => kv.keys(options)),
    entries: (options) => listing((kv) => kv.entries(options)),
    watch(options) {
      const store = later.atOnce
      if (store) return pick(store).watch(options)
      const kept = asItIsNow(options) as typeof options
      return laterWatch(later.use((loaded) => pick(loaded).watch(kept)))
    },
  }
}
