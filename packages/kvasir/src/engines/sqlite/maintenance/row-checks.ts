import type { Collection } from '../collections/collection.ts'
import { bytesApart, collectionsIn } from '../collections/collection.ts'
import { decompress } from '../compression.ts'
import type { SqliteDatabase } from '../sqlite-driver.ts'
import { compressedCode, partsKind } from '../sqlite-rows.ts'
import { nameOf } from './figure-checks.ts'
import type { Findings } from './store-report.ts'

/** A row of `entries` or `past`, as far as its value goes. */
export interface CheckedRow {
  readonly id: number
  readonly bucket_id: number
  /** What a damaged page gives may be of any type. */
  readonly key: unknown
  readonly kind: number | null
  readonly structure: string | null
  readonly data: string | Uint8Array | null
  /** Of entries. */
  readonly bytes_apart: number | null
  /** Of the past. */
  readonly bytes: number | null
}

const textKinds: ReadonlySet<number> = new Set([0, 1])
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Looks at every value: whether it can be read, and counts what it says it counts. */
export class RowChecks {
  readonly #findings: Findings
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #names = new Map<number, string>()
  /** Collections that belong to a record. */
  readonly #owned = new Set<number>()

  constructor(database: SqliteDatabase, findings: Findings) {
    this.#findings = findings
    this.#statements = prepareStatements(database)
  }

  check(row: CheckedRow): void {
    const wrong = this.#wrongWith(row)
    if (wrong === undefined) return
    const key = JSON.stringify(keyText(row.key).slice(0, 100))
    const check = wrong.startsWith('its field') ? 'collections' : 'values'
    this.#findings.add(check, `Of key ${key} in ${this.#bucketOf(row.bucket_id)}, ${wrong}.`)
  }

  /** After all rows: collections that no record has. */
  finish(): void {
    const rows = this.#statements.collectionsInUse.all() as { id: number; bucket_id: number }[]
    for (const { id, bucket_id } of rows) {
      if (this.#owned.has(id)) continue
      const where = this.#bucketOf(bucket_id)
      this.#findings.add('collections', `Collection ${id} of ${where} belongs to no record.`)
    }
  }

  #wrongWith(row: CheckedRow): string | undefined {
    if (!isName(row.key)) return 'the name is no text'
    const { kind, data } = row
    if (kind === null || data === null)
      return row.bytes === 0 ? undefined : 'the marker counts bytes'
    try {
      if (kind === partsKind) return this.#wrongWithParts(row, data)
      return wrongWithValue(row, kind, data)
    } catch {
      return 'the value cannot be read'
    }
  }

  #wrongWithParts(row: CheckedRow, data: string | Uint8Array): string | undefined {
    if (typeof data !== 'string' || row.structure === null) return 'the record is no JSON'
    JSON.parse(data)
    const collections = collectionsIn(row.structure)
    for (const [field, collection] of collections) {
      this.#owned.add(collection.id)
      const wrong = this.#wrongWithCollection(row.bucket_id, collection)
      if (wrong !== undefined) return `its field ${JSON.stringify(field)} ${wrong}`
    }
    return row.bytes_apart === bytesApart(collections)
      ? undefined
      : 'the bytes apart are miscounted'
  }

  #wrongWithCollection(bucketId: number, collection: Collection): string | undefined {
    const { collectionById, elementFigures, memberFigures } = this.#statements
    const { id, type, first, next, length, bytes } = collection
    const owner = collectionById.get(id) as { bucket_id: number; is_freed: number } | undefined
    if (owner?.bucket_id !== bucketId || owner.is_freed === 1) return 'has lost its elements'
    const rows = type === 'list' ? elementFigures : memberFigures
    const found = rows.get(id) as ElementFigures
    if (found.invalid > 0) return 'has an element that is no JSON'
    if (found.length !== length) return `has ${found.length} elements and counts ${length}`
    if (found.bytes !== bytes) return `has ${found.bytes} bytes and counts ${bytes}`
    const isInPlace =
      type === 'list'
        ? length === next - first && (length === 0 || found.first === first)
        : length === 0 || (found.last ?? 0) < next
    return isInPlace ? undefined : 'has elements in the wrong places'
  }

  #bucketOf(id: number): string {
    const known = this.#names.get(id)
    if (known !== undefined) return known
    const row = this.#statements.bucketById.get(id) as
      | { project: string; bucket: string }
      | undefined
    const name = row ? nameOf(row) : `bucket ${id}`
    this.#names.set(id, name)
    return name
  }
}

interface ElementFigures {
  readonly length: number
  readonly bytes: number
  readonly first: number | null
  readonly last: number | null
  readonly invalid: number
}

function prepareStatements(database: SqliteDatabase) {
  const figures = `SELECT count(*) AS length, coalesce(sum(octet_length(data)), 0) AS bytes,
    min(position) AS first, max(position) AS last,
    coalesce(sum(NOT json_valid(data)), 0) AS invalid`
  return {
    bucketById: database.prepare('SELECT project, name AS bucket FROM buckets WHERE id = ?'),
    collectionById: database.prepare('SELECT bucket_id, is_freed FROM collections WHERE id = ?'),
    collectionsInUse: database.prepare('SELECT id, bucket_id FROM collections WHERE is_freed = 0'),
    elementFigures: database.prepare(`${figures} FROM elements WHERE collection_id = ?`),
    memberFigures: database.prepare(`${figures} FROM members WHERE collection_id = ?`),
  }
}

function wrongWithValue(
  row: CheckedRow,
  code: number,
  data: string | Uint8Array,
): string | undefined {
  const isCompressed = code >= compressedCode
  const kind = isCompressed ? code - compressedCode : code
  const isJson = textKinds.has(kind)
  if (kind > 3) return 'the value is of an unknown kind'
  if (!isCompressed && isJson !== (typeof data === 'string')) return 'the value is of another kind'
  const stored = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
  const plain = isCompressed ? decompress(data) : stored
  if (isJson) JSON.parse(Buffer.from(plain).toString('utf8'))
  if (kind === 2 && !isText(plain)) return 'the value is no text'
  if (isJson && row.structure !== null) JSON.parse(row.structure)
  const apart = plain.byteLength - stored.byteLength
  const isCounted =
    row.bytes === null
      ? row.bytes_apart === apart
      : row.bytes === (row.key as Uint8Array).byteLength + plain.byteLength
  return isCounted ? undefined : 'the bytes are miscounted'
}

function isName(key: unknown): boolean {
  return key instanceof Uint8Array && key.byteLength > 0 && isText(key)
}

function keyText(key: unknown): string {
  return key instanceof Uint8Array ? Buffer.from(key).toString('utf8') : String(key)
}

function isText(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false // The caller tells of it.
  }
}
