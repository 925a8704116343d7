import type { BucketOperation } from 'kvasir'
import {
  bytesOf,
  fromPlain,
  listOf,
  type ModelRecord,
  type ModelValue,
  membersOf,
  numberOf,
  recordOf,
  setOf,
  toPlain,
} from './model-value.ts'

export interface Row {
  readonly value: ModelValue
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt: number | undefined
  /** As the engine numbered it; the model only checks that numbers grow. */
  readonly revision: number
}

/** What an operation did, without the revision. */
export interface Outcome {
  readonly changed: boolean
  readonly expiresAt?: number | undefined
  readonly previous?: unknown
  readonly number?: number
  readonly numbers?: Record<string, number>
  readonly elements?: Record<string, unknown[]>
  readonly members?: Record<string, (string | number)[]>
}

export class Conflict extends Error {
  readonly index: number

  constructor(index: number) {
    super('a condition does not hold')
    this.index = index
  }
}

/** A bucket as a map. It knows nothing of how Kvasir does it. */
export class Model {
  now: number
  wall: number
  #rows = new Map<string, Row>()

  constructor(now: number) {
    this.now = now
    this.wall = now
  }

  /** The rows that exist, in the order of their keys' bytes. */
  rows(): [key: string, row: Row][] {
    return [...this.#rows]
      .filter(([, row]) => this.#exists(row))
      .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
  }

  get(key: string): Row | undefined {
    const row = this.#rows.get(key)
    return row && this.#exists(row) ? row : undefined
  }

  bytes(): number {
    return this.rows().reduce(
      (bytes, [key, { value }]) => bytes + Buffer.byteLength(key) + bytesOf(value),
      0,
    )
  }

  clear(): void {
    this.#rows.clear()
  }

  passTime(ms: number): void {
    this.wall += ms
    this.now = Math.max(this.now + ms, this.wall)
  }

  setWall(wall: number): void {
    this.wall = wall
    this.now = Math.max(this.now, wall)
  }

  /** @throws {Conflict} {WrongType} with nothing changed. */
  commit(operations: readonly BucketOperation[]): Outcome[] {
    const before = new Map(this.#rows)
    try {
      return operations.map((operation, index) => this.#apply(operation, index))
    } catch (error) {
      this.#rows = before
      throw error
    }
  }

  /** Takes over the revision that the engine gave to a key. */
  setRevision(key: string, revision: number): void {
    const row = this.#rows.get(key)
    if (row) this.#rows.set(key, { ...row, revision })
  }

  #exists({ expiresAt }: Row): boolean {
    return expiresAt === undefined || this.now < expiresAt
  }

  #apply(operation: BucketOperation, index: number): Outcome {
    const { key, op, ifAbsent, ifRevision } = operation
    const row = this.get(key)
    if (ifAbsent && row) throw new Conflict(index)
    if (ifRevision !== undefined && ifRevision !== (row?.revision ?? 0)) throw new Conflict(index)
    const previous = operation.previous && row ? { previous: toPlain(row.value) } : {}

    if (op === 'purge' || (op === 'delete' && !operation.fields)) {
      this.#rows.delete(key)
      return { changed: row !== undefined, ...previous }
    }
    const { value, report = {} } = contentOf(row?.value, operation)
    const expiry = op === 'delete' ? 'keep' : expiryOf(operation, row === undefined)
    const isTouched = row !== undefined && expiry !== 'keep'
    const isIdleTouch = op === 'touch' && expiry === undefined && row?.expiresAt === undefined
    if ((!value && !isTouched) || isIdleTouch) {
      return { changed: false, expiresAt: row?.expiresAt, ...previous, ...report }
    }
    const expiresAt = expiry === 'keep' ? row?.expiresAt : expiry && this.now + expiry
    this.#rows.set(key, {
      value: value ?? (row as Row).value,
      createdAt: row?.createdAt ?? this.now,
      updatedAt: this.now,
      expiresAt,
      revision: Number.NaN,
    })
    return { changed: true, expiresAt, ...previous, ...report }
  }
}

interface Content {
  readonly value?: ModelValue
  readonly report?: Partial<Outcome>
}

/** The TTL that the operation gives the key; `'keep'`: as it is; `undefined`: none. */
function expiryOf(
  operation: Exclude<BucketOperation, { op: 'delete' | 'purge' }>,
  isNew: boolean,
): number | 'keep' | undefined {
  const { ttl, keepTtl, initialTtl } = operation
  if (typeof ttl === 'number') return ttl
  if (ttl === null) return undefined
  if (typeof initialTtl === 'number') return isNew ? initialTtl : 'keep'
  return operation.op === 'put' && !keepTtl ? undefined : 'keep'
}

function contentOf(found: ModelValue | undefined, operation: BucketOperation): Content {
  switch (operation.op) {
    case 'put':
      return { value: fromPlain(operation.value) }
    case 'touch':
    case 'purge':
      return {}
    case 'increment': {
      if ('fields' in operation) return inFields(found, operation.fields, incremented)
      const plain = found && ('plain' in found ? found.plain : found.record)
      const number = numberOf(plain) + (operation.by ?? 1)
      return { value: { plain: number }, report: { number } }
    }
    case 'delete': {
      const record = recordOf(found)
      const gone = (operation.fields ?? []).filter((field) => record.delete(field))
      return gone.length > 0 ? { value: { record } } : {}
    }
    case 'patch': {
      const record = recordOf(found)
      for (const [field, value] of Object.entries(operation.fields)) {
        if (value === undefined) record.delete(field)
        else record.set(field, value)
      }
      return { value: { record } }
    }
    case 'append':
    case 'unshift':
      return inFields(found, operation.fields, (record, field, added) => {
        const list = listOf(record.get(field))
        if (added.length === 0) return { hasChanged: false }
        record.set(field, operation.op === 'append' ? [...list, ...added] : [...added, ...list])
        return { hasChanged: true }
      })
    case 'shift':
      return inFields(found, operation.fields, (record, field, count) => {
        const list = listOf(record.get(field))
        if (record.has(field)) record.set(field, list.slice(count))
        return { hasChanged: count > 0 && list.length > 0, elements: list.slice(0, count) }
      })
    case 'add':
    case 'remove':
      return inFields(found, operation.fields, (record, field, given) => {
        const before = membersOf(record.get(field), operation.type)
        const distinct = [...new Set(given)]
        const isAdding = operation.op === 'add'
        const members = distinct.filter((member) => before.includes(member) !== isAdding)
        const after = isAdding
          ? [...before, ...members]
          : before.filter((member) => !members.includes(member))
        if (members.length > 0) record.set(field, setOf(after, operation.type))
        return { hasChanged: members.length > 0, members }
      })
  }
}

type FieldChange = {
  hasChanged: boolean
  numbers?: number
  elements?: readonly unknown[]
  members?: readonly (string | number)[]
}

function inFields<Given>(
  found: ModelValue | undefined,
  given: Readonly<Record<string, Given>>,
  change: (record: ModelRecord, field: string, given: Given) => FieldChange,
): Content {
  const record = recordOf(found)
  const changes = Object.entries(given).map(
    ([field, content]) => [field, change(record, field, content)] as const,
  )
  const report: Record<string, object> = {}
  for (const part of ['numbers', 'elements', 'members'] as const) {
    const parts = changes.filter(([, { [part]: told }]) => told !== undefined)
    if (parts.length === 0) continue
    report[part] = Object.fromEntries(parts.map(([field, { [part]: told }]) => [field, told]))
  }
  const hasChanged = changes.some(([, { hasChanged }]) => hasChanged)
  return hasChanged ? { value: { record }, report } : { report }
}

function incremented(record: ModelRecord, field: string, amount: number): FieldChange {
  const found = record.get(field)
  const number = numberOf(found)
  record.set(field, number + amount)
  return { hasChanged: true, numbers: number + amount }
}
