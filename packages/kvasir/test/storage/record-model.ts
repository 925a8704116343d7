import { NumberSet, StringSet } from 'kvasir'

/** What a call gives for each of several fields, whatever their names. */
type Multi<Content> = Readonly<Record<string, Content>>
type Member = string | number

/** One call of the records dialect, as data. A TTL is in milliseconds. */
export type Call =
  | { readonly call: 'put'; readonly record: Multi<unknown>; readonly ttlMs?: number }
  | { readonly call: 'patch'; readonly record: Multi<unknown>; readonly ttlMs?: number | null }
  | {
      readonly call: 'update'
      readonly record: Multi<unknown>
      readonly ttlMs?: number | null
      readonly assign?: number | 'none'
    }
  | { readonly call: 'get' | 'delete'; readonly fields?: readonly string[] }
  | { readonly call: 'exists' }
  | { readonly call: 'increment'; readonly amounts: Multi<number>; readonly ttlMs?: number | null }
  | { readonly call: 'append' | 'unshift'; readonly values: Multi<readonly unknown[]> }
  | { readonly call: 'peek' | 'shift'; readonly counts: Multi<number> }
  | {
      readonly call: 'add' | 'has' | 'remove'
      readonly type: 'String' | 'Number'
      readonly members: Multi<readonly Member[]>
    }
  | { readonly call: 'kv.set'; readonly value: unknown }

/** What a call fails with. */
export const wrongType = 'KV_WRONG_TYPE'

/** A record of the model. A map, so that a field may be called `__proto__` or `constructor`. */
type Fields = ReadonlyMap<string, unknown>

interface Row {
  /** `Fields` for a record. */
  readonly value: unknown
  readonly expiresAt: number | undefined
}

type Write = (value: unknown, ttlMs?: number | null) => void

/** The records of a store in plain maps. It knows nothing of how Kvasir does it. */
export class RecordModel {
  now = 0
  readonly #rows = new Map<string, Row>()

  /** The value of a key, and the milliseconds that it still lives. */
  state(key: string): { value: unknown; ttlMs: number | undefined } | undefined {
    const row = this.#row(key)
    return row && { value: row.value, ttlMs: row.expiresAt && row.expiresAt - this.now }
  }

  /** What the call resolves with; `wrongType` where it fails, with nothing changed. */
  run(key: string, call: Call): unknown {
    const row = this.#row(key)
    const old = row?.value instanceof Map ? (row.value as Fields) : undefined
    const write: Write = (value, ttlMs) => {
      const kept = ttlMs === undefined ? row?.expiresAt : undefined
      const expiresAt = typeof ttlMs === 'number' ? this.now + ttlMs : kept
      this.#rows.set(key, { value, expiresAt })
    }
    switch (call.call) {
      case 'exists':
        return row !== undefined
      case 'kv.set':
        write(isHash(call.value) ? new Map(Object.entries(call.value)) : call.value, null)
        return undefined
      case 'put':
        write(patched(new Map(), call.record), call.ttlMs ?? null)
        return old ?? new Map()
    }
    if (call.call === 'delete' && !call.fields) {
      this.#rows.delete(key)
      return old ?? new Map()
    }
    return row && !old ? wrongType : change(old, call, write)
  }

  #row(key: string): Row | undefined {
    const row = this.#rows.get(key)
    return row && (row.expiresAt === undefined || this.now < row.expiresAt) ? row : undefined
  }
}

/** Calls that need a record, or none. */
function change(
  old: Fields | undefined,
  call: Exclude<Call, { call: 'exists' | 'kv.set' | 'put' }>,
  write: Write,
): unknown {
  const record: Fields = old ?? new Map()
  switch (call.call) {
    case 'get':
    case 'delete': {
      const fields = call.fields?.filter((field) => record.has(field)) ?? [...record.keys()]
      if (call.call === 'delete' && fields.length > 0) {
        write(new Map([...record].filter(([field]) => !fields.includes(field))))
      }
      return new Map(fields.map((field) => [field, record.get(field)]))
    }
    case 'patch':
      write(patched(record, call.record), call.ttlMs)
      return record
    case 'update':
      write(
        patched(record, call.record),
        call.assign === 'none' ? null : (call.assign ?? call.ttlMs),
      )
      return record
    case 'increment':
      return increment(old, call, write)
    case 'peek':
      return each(call.counts, (field, count) => {
        const found = record.get(field)
        return Array.isArray(found) ? found.slice(0, count) : []
      })
    case 'append':
    case 'unshift':
      return extend(record, call, write)
    case 'shift':
      return shift(record, call, write)
    default:
      return changeSets(record, call, write)
  }
}

function increment(
  old: Fields | undefined,
  { amounts, ttlMs }: Extract<Call, { call: 'increment' }>,
  write: Write,
): unknown {
  const sums = each(amounts, (field, amount) => {
    const found = old?.has(field) ? old.get(field) : 0
    const number = found === '10' ? 10 : found
    return typeof number === 'number' ? number + amount : wrongType
  })
  if (sums === wrongType) return wrongType
  // Without amounts it is the TTL alone, and that creates nothing.
  const isIdle = sums.size === 0 && (!old || ttlMs === undefined)
  if (!isIdle) write(new Map([...(old ?? []), ...sums]), ttlMs)
  return sums
}

function extend(
  record: Fields,
  { call, values }: Extract<Call, { values: unknown }>,
  write: Write,
): unknown {
  const lists = each(values, (field, added) => {
    const list: unknown = record.has(field) ? record.get(field) : []
    if (!Array.isArray(list)) return wrongType
    return call === 'append' ? [...list, ...added] : [...added, ...list]
  })
  if (lists === wrongType) return wrongType
  const changed = [...lists].filter(([field]) => values[field]?.length)
  if (changed.length > 0) write(new Map([...record, ...changed]))
  return undefined
}

function shift(
  record: Fields,
  { counts }: Extract<Call, { counts: unknown }>,
  write: Write,
): unknown {
  const taken = each(counts, (field, count) => {
    const list: unknown = record.has(field) ? record.get(field) : []
    return Array.isArray(list) ? list.slice(0, count) : wrongType
  })
  if (taken === wrongType) return wrongType
  const left = [...taken]
    .filter(([, elements]) => elements.length > 0)
    .map(([field, { length }]) => [field, (record.get(field) as unknown[]).slice(length)] as const)
  if (left.length > 0) write(new Map([...record, ...left]))
  return taken
}

function changeSets(
  record: Fields,
  { call, type, members }: Extract<Call, { members: unknown }>,
  write: Write,
): unknown {
  const SetClass = (type === 'String' ? StringSet : NumberSet) as new (of?: Member[]) => Set<Member>
  const setOf = (field: string): unknown => (record.has(field) ? record.get(field) : new SetClass())
  const found = each(members, (field, candidates) => {
    const set = setOf(field)
    if (!(set instanceof SetClass)) return wrongType
    return new SetClass(candidates.filter((member) => set.has(member) !== (call === 'add')))
  })
  if (found === wrongType || call === 'has') return found
  const changed = [...found].filter(([, { size }]) => size > 0)
  const after = changed.map(([field, affected]) => {
    const set = [...(setOf(field) as Set<Member>)]
    const left = set.filter((member) => !affected.has(member))
    return [field, new SetClass(call === 'add' ? [...set, ...affected] : left)] as const
  })
  if (after.length > 0) write(new Map([...record, ...after]))
  return found
}

/** The answer for each field, or `wrongType` if that is the answer for one. */
function each<Given, Answer>(
  given: Multi<Given>,
  answer: (field: string, content: Given) => Answer | typeof wrongType,
): Map<string, Answer> | typeof wrongType {
  const answers = Object.entries(given).map(([field, content]) => [field, answer(field, content)])
  if (answers.some(([, found]) => found === wrongType)) return wrongType
  return new Map(answers as [string, Answer][])
}

/** `undefined` as a field's value removes the field. */
function patched(record: Fields, change: Multi<unknown>): Fields {
  const all = [...new Map([...record, ...Object.entries(change)])]
  return new Map(all.filter(([, value]) => value !== undefined))
}

function isHash(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof StringSet || value instanceof NumberSet)
}
