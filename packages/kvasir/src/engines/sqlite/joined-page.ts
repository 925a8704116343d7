import type { CellStatement, SqlValue } from './sqlite-driver.ts'
import type { EntryRow } from './sqlite-rows.ts'

// Drivers take several times longer to hand over a row or a column than SQLite to find it. So a
// page of small values comes as one row, with a text for each column.

/** Longer values are no quicker together: copying them costs what handing them over does. */
const joinedBytesMax = 512

/** What stands between the values: a character that JSON has nowhere as it is. */
const separator = '\u001e'

/** Added to the code of a kind where the column is not NULL. */
const withExpiry = 16
const withStructure = 32

/** All that there is of an entry. */
export interface PageRow extends EntryRow {
  readonly key: string
}

type JoinedCells = readonly [
  keys: string,
  revisions: string | null,
  createdAt: string | null,
  /** How long after they were created the entries were updated. */
  ages: string | null,
  kinds: string | null,
  /** Those that are there. */
  expiries: string | null,
  structures: string,
  data: string | null,
  bytes: number | null,
]

/** A statement for a page of rows as one row. */
export function joinedPageSql(rows: string): string {
  // What looks at `data` has its place in the inner statement: the outer one copies it each time.
  return `SELECT json_group_array(name), group_concat(revision), group_concat(created_at),
      group_concat(age), group_concat(code), group_concat(expires_at),
      json_group_array(structure) FILTER (WHERE structure IS NOT NULL),
      group_concat(data, '${separator}') FILTER (WHERE bytes <= ${joinedBytesMax}), sum(bytes)
    FROM (SELECT CAST(key AS TEXT) AS name, revision, created_at, updated_at - created_at AS age,
      kind + ${withExpiry} * (expires_at IS NOT NULL)
        + ${withStructure} * (structure IS NOT NULL) AS code, expires_at, structure, data,
      CASE typeof(data) WHEN 'text' THEN octet_length(data) ELSE ${joinedBytesMax + 1} END AS bytes
      ${rows})`
}

/** The rows of a page; `undefined` unless the data of all is short text that is as it should be. */
export function readJoinedPage(
  statement: CellStatement,
  values: readonly SqlValue[],
): PageRow[] | undefined {
  const cells = statement.get(...values) as JoinedCells
  const keys = JSON.parse(cells[0]) as string[]
  const data = dataOf(cells, keys.length)
  return data && rowsOf(cells, keys, data)
}

/** Whether the data of all rows would do for a joined page. */
export function mayJoin(rows: readonly PageRow[]): boolean {
  return rows.every(({ data }) => typeof data === 'string' && isShort(data))
}

function isShort(data: string): boolean {
  return data.length <= joinedBytesMax && Buffer.byteLength(data) <= joinedBytesMax
}

/** The data of each row. Bytes are missing where some is left out, cut off by a NUL or no UTF-8. */
function dataOf([, , , , , , , joined, bytes]: JoinedCells, count: number): string[] | undefined {
  if (count === 0) return []
  if (joined === null || bytes === null) return undefined
  const bytesDue = bytes + count - 1
  // No character has fewer bytes than units, so that in a text with as many of both all have one.
  if (joined.length !== bytesDue && Buffer.byteLength(joined) !== bytesDue) return undefined
  const data = joined.split(separator)
  return data.length === count ? data : undefined
}

function rowsOf(cells: JoinedCells, keys: readonly string[], data: readonly string[]): PageRow[] {
  const revisions = numbersIn(cells[1])
  const createdAt = numbersIn(cells[2])
  const ages = numbersIn(cells[3])
  const codes = numbersIn(cells[4])
  const expiries = numbersIn(cells[5]).values()
  const structures = (JSON.parse(cells[6]) as string[]).values()
  return keys.map((key, index) => {
    const code = codes[index] as number
    const created_at = createdAt[index] as number
    return {
      key,
      revision: revisions[index] as number,
      created_at,
      updated_at: created_at + (ages[index] as number),
      expires_at: code & withExpiry ? (expiries.next().value as number) : null,
      kind: code & (withExpiry - 1),
      structure: code & withStructure ? (structures.next().value as string) : null,
      data: data[index] as string,
    }
  })
}

function numbersIn(joined: string | null): number[] {
  return JSON.parse(`[${joined ?? ''}]`) as number[]
}
