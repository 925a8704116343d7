import { openStore, type Store, StringSet } from 'kvasir'
import type { ListRecord, RecordConnection, RecordStoreDefinition } from '../record-store.ts'

const shared = { title: 'Kvasir', isKvasir: true, notes: [] } as const

export const kvasirDurable: RecordStoreDefinition = {
  ...shared,
  name: 'kvasir-durable',
  durability: 'durable',
  durabilityText:
    'storage().kvStore on SQLite WAL, synced before each acknowledgement (the default)',
  open: async (directory) => connect(await openStore(directory, { durability: 'durable' })),
}

export const kvasirRelaxed: RecordStoreDefinition = {
  ...shared,
  name: 'kvasir-relaxed',
  durability: 'relaxed',
  durabilityText: 'storage().kvStore on SQLite WAL, synced at checkpoints',
  open: async (directory) => connect(await openStore(directory, { durability: 'relaxed' })),
}

const field = 'elements'

function connect(store: Store): RecordConnection {
  const { kvStore } = store.project('bench').storage()
  return {
    get: (key) => kvStore.get<ListRecord>(key),
    put: (key, record) => kvStore.put(key, record),
    patch: (key, note) => kvStore.patch<{ note: string }>(key, { note }) as Promise<ListRecord>,
    update: (key, updater) => kvStore.patch<ListRecord>(key, updater),
    increment: (key) => kvStore.increment(key, 'count'),
    append: (key, element) => kvStore.append(key, field, element),
    unshift: (key, element) => kvStore.unshift(key, field, element),
    peek: (key) => kvStore.peek<string>(key, field),
    shift: (key) => kvStore.shift<string>(key, field),
    add: (key, member) => kvStore.addString(key, field, member),
    has: (key, member) => kvStore.hasString(key, field, member),
    remove: (key, member) => kvStore.removeString(key, field, member),
    putSet: (key, { elements, ...rest }) =>
      kvStore.put(key, { ...rest, [field]: new StringSet(elements) }),
    async countElements(key) {
      const { elements } = await kvStore.get<{ elements: string[] | StringSet }>(key, [field])
      return elements instanceof StringSet ? elements.size : elements.length
    },
    close: () => store.close(),
  }
}
