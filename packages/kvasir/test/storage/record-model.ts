import { NumberSet, StringSet } from 'kvasir'

export type Fields = Record<string, unknown>
type Multi<Content> = Readonly<Record<string, Content>>

/** One call of the records dialect, as data. A TTL is in milliseconds. */
export type Call =
  | { readonly call: 'put'; readonly record: Fields; readonly ttlMs?: number }
  | { readonly call: 'patch'; readonly record: Fields; readonly ttlMs?: number | null }
  | { readonly call: 'update'; readonly record: Fields; readonly assign?: number | 'none' }
  | { readonly call: 'get' | 'delete'; readonly fields?: readonly string[] }
  | { readonly call: 'exists' }
  | { readonly call: 'increment'; readonly amounts: Multi<number>; readonly ttlMs?: number }
  | { readonly call: 'append' | 'unshift'; readonly values: Multi<readonly unknown[]> }
  | { readonly call: 'peek'; readonly counts: Multi<number> }
  | { readonly call: 'shift'; readonly counts: Multi<number> }
  | { readonly call: 'add' | 'has' | 'remove'; readonly members: Multi<readonly string[]> }
  | { readonly call: 'kv.set'; readonly value: unknown }

/** What a call fails with. */
export const wrongType = 'KV_WRONG_TYPE'

interface Row {
  readonly value: unknown
  readonly expiresAt: number | undefined
}

/** The records of a store in plain objects. It knows nothing of how Kvasir does it. */
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
    const old = isRecord(row?.value) ? row.value : undefined
    const write = (value: unknown, ttlMs?: number | null): void => {
      const kept = ttlMs === undefined ? row?.expiresAt : undefined
      const expiresAt = typeof ttlMs === 'number' ? this.now + ttlMs : kept
      this.#rows.set(key, { value, expiresAt })
    }
    if (call.call === 'exists') return row !== undefined
    if (call.call === 'kv.set') return void write(call.value, null)
    if (call.call === 'put') {
      write(defined(call.record), call.ttlMs ?? null)
      return old ?? {}
    }
    if (call.call === 'delete' && !call.fields) {
      this.#rows.delete(key)
      return old ?? {}
    }
    if (row && !old) return wrongType
    const record: Fields = { ...old }

    switch (call.call) {
      case 'get':
      case 'delete': {
        const fields = call.fields?.filter((field) => field in record) ?? Object.keys(record)
        if (call.call === 'delete' && fields.length > 0) {
          write(Object.fromEntries(Object.entries(record).filter(([f]) => !fields.includes(f))))
        }
        return Object.fromEntries(fields.map((field) => [field, record[field]]))
      }
      case 'patch':
        write(defined({ ...record, ...call.record }), call.ttlMs)
        return old ?? {}
      case 'update':
        write(defined({ ...record, ...call.record }), call.assign === 'none' ? null : call.assign)
        return old ?? {}
      case 'increment': {
        const sums = each(call.amounts, (field, amount) => {
          const found = record[field] ?? (field in record ? undefined : 0)
          const number = found === '10' ? 10 : found
          return typeof number === 'number' ? number + amount : wrongType
        })
        if (sums === wrongType) return wrongType
        // Without amounts it is the TTL alone, and that creates nothing.
        const isIdle = Object.keys(sums).length === 0 && (!old || call.ttlMs === undefined)
        if (!isIdle) write({ ...record, ...sums }, call.ttlMs)
        return sums
      }
      case 'append':
      case 'unshift':
      case 'shift':
        return this.#lists(record, call, write)
      case 'peek':
        return each(call.counts, (field, count) => {
          const found = record[field]
          return Array.isArray(found) ? found.slice(0, count) : []
        })
      default:
        return this.#sets(record, call, write)
    }
  }

  #lists(
    record: Fields,
    call: Extract<Call, { call: 'append' | 'unshift' | 'shift' }>,
    write: (value: Fields) => void,
  ): unknown {
    const given: Multi<number | readonly unknown[]> =
      call.call === 'shift' ? call.counts : call.values
    const taken = each(given, (field, content) => {
      const list: unknown = record[field] ?? (field in record ? null : [])
      if (!Array.isArray(list)) return wrongType
      return typeof content === 'number' ? list.slice(0, content) : content
    })
    if (taken === wrongType) return wrongType
    const changes = Object.entries(taken).filter(([, elements]) => elements.length > 0)
    const changed = changes.map(([field, elements]) => {
      const list = (record[field] ?? []) as unknown[]
      if (call.call === 'shift') return [field, list.slice(elements.length)]
      return [field, call.call === 'append' ? [...list, ...elements] : [...elements, ...list]]
    })
    if (changed.length > 0) write({ ...record, ...Object.fromEntries(changed) })
    return call.call === 'shift' ? taken : undefined
  }

  #sets(
    record: Fields,
    { call, members }: Extract<Call, { members: unknown }>,
    write: (value: Fields) => void,
  ): unknown {
    const found = each(members, (field, candidates) => {
      const set = field in record ? record[field] : new StringSet()
      if (!(set instanceof StringSet)) return wrongType
      return new StringSet(candidates.filter((member) => set.has(member) !== (call === 'add')))
    })
    if (found === wrongType || call === 'has') return found
    const changed = Object.entries(found).filter(([, { size }]) => size > 0)
    if (changed.length === 0) return found
    const after = changed.map(([field, affected]) => {
      const set = [...((record[field] as StringSet | undefined) ?? [])]
      if (call === 'add') return [field, new StringSet([...set, ...affected])]
      return [field, new StringSet(set.filter((member) => !affected.has(member)))]
    })
    write({ ...record, ...Object.fromEntries(after) })
    return found
  }

  #row(key: string): Row | undefined {
    const row = this.#rows.get(key)
    return row && (row.expiresAt === undefined || this.now < row.expiresAt) ? row : undefined
  }
}

/** The answer for each field, or `wrongType` if that is the answer for one. */
function each<Given, Answer>(
  given: Multi<Given>,
  answer: (field: string, content: Given) => Answer | typeof wrongType,
): Record<string, Answer> | typeof wrongType {
  const answers = Object.entries(given).map(([field, content]) => [field, answer(field, content)])
  if (answers.some(([, found]) => found === wrongType)) return wrongType
  return Object.fromEntries(answers)
}

function defined(record: Fields): Fields {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

function isRecord(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof StringSet || value instanceof NumberSet)
}
