import type { KVStore, SecretStore } from '../dialects/storage/storage-types.ts'
import type { Storage } from '../store/project.ts'
import type { Store } from '../store/store.ts'
import { callsOf } from './calls.ts'
import type { Later } from './later.ts'
import { laterListing } from './later-sequences.ts'

const baseNames = ['get', 'put', 'patch', 'delete', 'exists'] as const

const memberNames = ['add', 'has', 'remove'] as const

const recordNames = [
  ...baseNames,
  ...withMulti(['increment', 'append', 'unshift', 'peek', 'shift']),
  ...withMulti(memberNames.map((verb) => `${verb}String` as const)),
  ...withMulti(memberNames.map((verb) => `${verb}Number` as const)),
] as const

/** Each with the one for several fields beside it. */
function withMulti<Name extends string>(names: readonly Name[]): (Name | `${Name}Multi`)[] {
  return names.flatMap((name) => [name, `${name}Multi` as const])
}

/** The records dialect, whose code is loaded at the first call. */
export function createClientStorage(later: Later, pick: (store: Store) => Storage): Storage {
  const records = (name: 'kvStore' | 'sharedKvStore'): KVStore =>
    callsOf<KVStore, (typeof recordNames)[number]>(recordNames, {
      later,
      pick: (store) => pick(store)[name],
    })
  return {
    kvStore: records('kvStore'),
    sharedKvStore: records('sharedKvStore'),
    settings: callsOf(baseNames, { later, pick: (store) => pick(store).settings }),
    secrets: createClientSecrets(later, (store) => pick(store).secrets),
  }
}

function createClientSecrets(later: Later, pick: (store: Store) => SecretStore): SecretStore {
  return {
    ...callsOf<SecretStore, (typeof baseNames)[number]>(baseNames, { later, pick }),
    keys: (options) => laterListing((use) => later.use((store) => use(pick(store).keys(options)))),
    async *rotate() {
      yield* await later.use((store) => pick(store).rotate())
    },
  }
}
