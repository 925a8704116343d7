import { type KVStore, KvasirError, NumberSet, type Project, StringSet } from 'kvasir'
import { type Call, wrongType } from './record-model.ts'

type Multi = Record<string, never>

/** Makes a call; answers as the model does. A call of one field may be made as a single one. */
export async function perform(
  project: Project,
  key: string,
  { call, isSingle }: { call: Call; isSingle: boolean },
): Promise<unknown> {
  try {
    const records = project.storage().kvStore
    const single = isSingle ? singleOf(records, key, call) : undefined
    if (single) return await single()
    return call.call === 'kv.set'
      ? await project.kv().set(key, call.value)
      : await multi(records, key, call)
  } catch (error) {
    if (KvasirError.is(error, 'KV_WRONG_TYPE')) return wrongType
    throw error
  }
}

/** A value in a form in which records with a field `constructor` or `__proto__` compare. */
export function comparable(value: unknown): unknown {
  if (value instanceof StringSet) return { strings: [...value] }
  if (value instanceof NumberSet) return { numbers: [...value] }
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return { fields: sorted.map(([field, content]) => [field, comparable(content)]) }
}

function multi(
  records: KVStore,
  key: string,
  call: Exclude<Call, { call: 'kv.set' }>,
): Promise<unknown> {
  switch (call.call) {
    case 'put':
    case 'patch':
      return records[call.call]<object>(key, call.record, optionsOf(call))
    case 'update':
      return update(records, key, call)
    case 'get':
    case 'delete':
      return records[call.call](key, call.fields && [...call.fields])
    case 'exists':
      return records.exists(key)
    case 'increment':
      return records.incrementMulti(key, call.amounts, optionsOf(call))
    case 'append':
    case 'unshift':
      return records[`${call.call}Multi`]<unknown>(key, call.values as Record<string, unknown[]>)
    case 'peek':
    case 'shift':
      return records[`${call.call}Multi`](key, call.counts)
    default:
      return records[`${call.call}${call.type}Multi`](key, call.members as Multi)
  }
}

function update(
  records: KVStore,
  key: string,
  call: Extract<Call, { call: 'update' }>,
): Promise<unknown> {
  return records.patch<object>(
    key,
    async (value, options) => {
      if (call.assign === 'none') delete options.ttl
      else if (call.assign !== undefined) options.ttl = call.assign / 1000
      return { ...value, ...call.record }
    },
    optionsOf(call),
  )
}

/** The same as a call of one field, its answer put as the call of several would; if there is one. */
function singleOf(records: KVStore, key: string, call: Call): (() => Promise<unknown>) | undefined {
  const one = <Content>(
    fields: Readonly<Record<string, Content>>,
  ): [string, Content] | undefined =>
    Object.keys(fields).length === 1 ? Object.entries(fields)[0] : undefined
  switch (call.call) {
    case 'increment': {
      const [field, amount] = one(call.amounts) ?? []
      if (field === undefined) return undefined
      return async () =>
        new Map([[field, await records.increment(key, field, amount, optionsOf(call))]])
    }
    case 'append':
    case 'unshift': {
      const [field, values] = one(call.values) ?? []
      if (field === undefined || values?.length !== 1) return undefined
      return () => records[call.call](key, field, values[0])
    }
    case 'peek':
    case 'shift': {
      const [field, count] = one(call.counts) ?? []
      if (field === undefined || count !== 1) return undefined
      return async () => {
        const element = await records[call.call](key, field)
        return new Map([[field, element === undefined ? [] : [element]]])
      }
    }
    case 'add':
    case 'has':
    case 'remove': {
      const [field, members] = one(call.members) ?? []
      if (field === undefined || members?.length !== 1) return undefined
      const member = members[0] as never
      return async () => {
        const given = (await records[`${call.call}${call.type}`](key, field, member))
          ? [member]
          : []
        return new Map([
          [field, call.type === 'String' ? new StringSet(given) : new NumberSet(given)],
        ])
      }
    }
    default:
      return undefined
  }
}

/** The TTL in the dialect's seconds. */
function optionsOf({ ttlMs: ms }: { ttlMs?: number | null }): { ttl?: number | null } {
  if (ms === undefined) return {}
  return { ttl: ms === null ? null : ms / 1000 }
}
