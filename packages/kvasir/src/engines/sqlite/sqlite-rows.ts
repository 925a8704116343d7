import type { SetPaths, StoredValue } from '../../codec/stored-value.ts'
import type { BucketConfig } from '../../engine/engine.ts'
import type { Change, Entry, EntryHead, EpochMs, Revision } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { compress, decompress } from './compression.ts'
import type { SqlValue } from './sqlite-driver.ts'

// Rows as SQLite gives them, and what they stand for.

export interface ExpiryRow {
  readonly revision: Revision
  readonly expires_at: EpochMs | null
}

/** An entry's columns without its value. */
export interface HeadRow extends ExpiryRow {
  readonly created_at: EpochMs
  readonly updated_at: EpochMs
}

interface ValueRow {
  readonly kind: number
  /** Of a record in parts: see `collections/`. Of other JSON: where typed sets stand in it. */
  readonly structure: string | null
  readonly data: string | Uint8Array
}

export interface EntryRow extends HeadRow, ValueRow {}

/** An `ExpiryRow` as its cells. */
export type ExpiryCells = readonly [revision: Revision, expiresAt: EpochMs | null]

/** An `EntryRow` as its cells. */
export type EntryCells = readonly [
  revision: Revision,
  createdAt: EpochMs,
  updatedAt: EpochMs,
  expiresAt: EpochMs | null,
  kind: number,
  structure: string | null,
  data: EntryRow['data'],
]

/** What is found of a key that is not there, in a bucket that is. */
export const noEntry: EntryRow = {
  revision: 0,
  created_at: 0,
  updated_at: 0,
  expires_at: null,
  kind: 0,
  structure: null,
  data: '',
}

export interface KeyedRow {
  readonly key: Uint8Array
}

/** A past change: with `change` 0 a superseded value, otherwise the marker of a removal. */
export interface PastRow extends EntryRow {
  readonly change: number
}

export interface BucketRow {
  readonly id: number
  readonly project: string
  readonly name: string
  readonly config: string
  readonly created_at: EpochMs
  readonly revision: Revision
  readonly keys: number
  readonly bytes: number
  readonly changed_at: EpochMs
  readonly markers: number
  /** Rows of its `revisions` that stand for no entry any more. */
  stale: number
  readonly oldest_resume: Revision
  readonly cleared_revision: Revision | null
  readonly cleared_at: EpochMs | null
  /** 1 when other buckets copy this one, otherwise 0. */
  readonly is_origin: number
  /** Where the bucket publishes: beyond which revision. */
  readonly published_since: Revision | null
}

const kinds = ['json', 'record', 'text', 'bytes', 'parts'] as const
const changeKinds = ['put', 'delete', 'purge', 'expire'] as const

export function keyBytes(key: string): Uint8Array {
  return Buffer.from(key, 'utf8')
}

/**
 * What stands for a key in a statement that casts it to a BLOB. Text is quicker to hand over than
 * bytes; but the Node 20 driver cuts it off at a NUL.
 */
export function keyCell(key: string): SqlValue {
  return key.includes('\0') ? keyBytes(key) : key
}

export function keyOf(bytes: Uint8Array): string {
  return textOf(bytes)
}

export function toExpiryRow([revision, expires_at]: ExpiryCells): ExpiryRow {
  return { revision, expires_at }
}

export function toEntryRow(cells: EntryCells): EntryRow {
  const [revision, created_at, updated_at, expires_at, kind, structure, data] = cells
  return { revision, created_at, updated_at, expires_at, kind, structure, data }
}

/** The entry of a row that has its whole value. */
export function toEntry(key: string, row: EntryRow): Entry {
  const { revision, created_at: createdAt, updated_at: updatedAt, expires_at: expiresAt } = row
  const value = toValue(row)
  if (expiresAt === null) return { key, value, revision, createdAt, updatedAt }
  return { key, value, revision, createdAt, updatedAt, expiresAt }
}

export function toHead(key: string, row: HeadRow): EntryHead {
  const { revision, created_at: createdAt, updated_at: updatedAt, expires_at: expiresAt } = row
  if (expiresAt === null) return { key, revision, createdAt, updatedAt }
  return { key, revision, createdAt, updatedAt, expiresAt }
}

export function toChange(key: string, row: PastRow): Change {
  const kind = changeKinds[row.change] ?? 'put'
  if (kind === 'put') return { kind, entry: toEntry(key, row) }
  return { kind, key, revision: row.revision, at: row.updated_at }
}

export function changeCode(kind: Change['kind']): number {
  return changeKinds.indexOf(kind)
}

/** The code of a record that is kept in parts. */
export const partsKind = kinds.indexOf('parts')

/** Added to the code of a kind whose value is compressed in its row. */
export const compressedCode = 8

/**
 * The columns `kind`, `structure`, `bytes_apart` and `data`. JSON text is TEXT; all else is BLOB.
 * What compressing has saved counts as bytes apart, so that the entry counts what it did before.
 */
export function valueColumns(
  value: StoredValue,
  { compression }: Pick<BucketConfig, 'compression'> = {},
): [kind: number, structure: SqlValue, bytesApart: number, data: SqlValue] {
  const code = kinds.indexOf(value.kind)
  const hasSets = value.kind !== 'bytes' && value.kind !== 'text' && value.sets
  const structure = hasSets ? JSON.stringify(hasSets) : null
  const compressed = compression && compress(value.data)
  if (compressed) return [code + compressedCode, structure, compressed.saved, compressed.data]
  // The Node 20 driver cuts TEXT off at a NUL, which a raw string may hold; JSON text cannot.
  const data = value.kind === 'text' ? keyBytes(value.data) : value.data
  return [code, structure, 0, data]
}

export function toConfig(row: Pick<BucketRow, 'config'>): BucketConfig {
  return JSON.parse(row.config) as BucketConfig
}

function toValue(row: EntryRow): StoredValue {
  const { kind: code, structure, data } = row.kind < compressedCode ? row : decompressed(row)
  const kind = kinds[code] ?? 'bytes'
  if (kind === 'parts') throw new KvasirError('KV_INTERNAL', 'A record in parts was not joined.')
  if (typeof data === 'string') {
    const jsonKind = kind === 'record' ? 'record' : 'json'
    if (structure === null) return { kind: jsonKind, data }
    return { kind: jsonKind, data, sets: JSON.parse(structure) as SetPaths }
  }
  return kind === 'text' ? { kind, data: textOf(data) } : { kind: 'bytes', data }
}

function decompressed({ kind, structure, data }: EntryRow): ValueRow {
  const bytes = decompress(data)
  const code = kind - compressedCode
  const isJson = kinds[code] === 'json' || kinds[code] === 'record'
  return { kind: code, structure, data: isJson ? textOf(bytes) : bytes }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
