import type { EpochMs, Revision } from '../../engine/entry.ts'
import type { CellStatement, SqlValue } from './sqlite-driver.ts'

// Drivers take several times longer to hand over a row or a column than SQLite to find it. So a
// page of small values comes as one row of two texts.

/** Longer values are no quicker together: copying them costs what handing them over does. */
const joinedBytesMax = 512

/** Keys are well-formed UTF-8 and may hold NUL, which JSON escapes. */
export const headValues = 'CAST(key AS TEXT), revision, created_at, updated_at, expires_at'

export type HeadValues = readonly [
  key: string,
  revision: Revision,
  createdAt: EpochMs,
  updatedAt: EpochMs,
  expiresAt: EpochMs | null,
]

/** All that there is of an entry but its data. */
export type HeadAndKind = readonly [...HeadValues, kind: number, structure: string | null]

/** A page's rows, in two arrays of one order: thousands of pairs would be so much more garbage. */
export interface PageRows {
  readonly heads: readonly HeadAndKind[]
  readonly data: readonly (string | Uint8Array)[]
}

type JoinedHead = readonly [...HeadAndKind, dataBytes: number | null]

/** A statement for a page of rows: all heads as one JSON text, and all data with commas between. */
export function joinedPageSql(rows: string): string {
  const dataBytes = "CASE WHEN typeof(data) = 'text' THEN octet_length(data) END"
  const shortData = `CASE WHEN octet_length(data) <= ${joinedBytesMax} THEN data END`
  return `SELECT json_group_array(json_array(${headValues}, kind, structure, ${dataBytes})),
    group_concat(${shortData}, ',')
    FROM (SELECT key, revision, created_at, updated_at, expires_at, kind, structure, data ${rows})`
}

/** The rows of a page; `undefined` unless the data of all is short text that is as it should be. */
export function readJoinedPage(
  statement: CellStatement,
  values: readonly SqlValue[],
): PageRows | undefined {
  const [heads, joined] = statement.get(...values) as [heads: string, joined: string | null]
  return split(JSON.parse(heads) as JoinedHead[], joined ?? '')
}

/** Whether the data of all rows would do for a joined page. */
export function mayJoin({ data }: PageRows): boolean {
  return data.every((each) => typeof each === 'string' && each.length <= joinedBytesMax)
}

function split(heads: readonly JoinedHead[], joined: string): PageRows | undefined {
  let bytes = Math.max(0, heads.length - 1)
  for (const head of heads) {
    const dataBytes = head[7]
    if (dataBytes === null || dataBytes > joinedBytesMax) return undefined
    bytes += dataBytes
  }
  // No character has fewer bytes than units, so that in a text with as many of both all have one.
  if (joined.length === bytes) return cut(heads, (from, to) => joined.slice(from, to))
  const encoded = Buffer.from(joined)
  // Text that is no UTF-8 does not come back as it was.
  if (encoded.length !== bytes) return undefined
  return cut(heads, (from, to) => encoded.toString('utf8', from, to))
}

function cut(
  heads: readonly JoinedHead[],
  textBetween: (from: number, to: number) => string,
): PageRows {
  let from = 0
  const data = heads.map((head) => {
    const to = from + Number(head[7])
    const text = textBetween(from, to)
    from = to + 1
    return text
  })
  // They have one element more.
  return { heads: heads as readonly unknown[] as readonly HeadAndKind[], data }
}
