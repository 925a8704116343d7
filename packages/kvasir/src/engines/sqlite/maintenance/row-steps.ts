import type { SqliteDatabase, SqlValue } from '../sqlite-driver.ts'

/** Rows that are gone through before others get a turn … */
const stepRows = 500
/** … and bytes: a step ends with the value that reaches this. */
const stepBytes = 4 * 1024 * 1024

/** A table whose rows are gone through in steps. */
export interface RowSource {
  readonly table: string
  /** The columns of a unique key, by which the rows are ordered. */
  readonly order: string
  /** Columns that may be large. */
  readonly large?: readonly string[]
}

/** Rows that follow one another. */
export interface RowStep {
  /** What follows `FROM table` in a statement that is about these rows. */
  readonly rows: string
  /** The parameters of `rows`. */
  readonly values: readonly SqlValue[]
  /** The key of the last of them. */
  readonly last: readonly SqlValue[]
}

export interface RowSteps {
  first(): RowStep | undefined
  after(step: RowStep): RowStep | undefined
}

/** Divides a table into steps that are short, however large its values are. */
export function prepareSteps(
  database: SqliteDatabase,
  { table, order, large = [] }: RowSource,
): RowSteps {
  const columns = order.split(', ')
  const names = columns.map((_column, index) => `c${index}`)
  const named = columns.map((column, index) => `${column} AS ${names[index]}`).join()
  // SQLite knows how long a column is without reading it.
  const size = large.map((column) => `coalesce(octet_length(${column}), 0)`).join(' + ') || '0'
  const beyond = `WHERE (${order}) > (${columns.map(() => '?').join()})`
  const endOf = (where: string) =>
    database.prepare(`
      SELECT ${names.join()}, place FROM (
        SELECT ${names.join()}, row_number() OVER steps AS place,
          sum(size) OVER steps - size AS bytes_before
        FROM (SELECT ${named}, ${size} AS size FROM ${table} ${where}
          ORDER BY ${order} LIMIT ${stepRows})
        WINDOW steps AS (ORDER BY ${names.join()} ROWS UNBOUNDED PRECEDING))
      WHERE bytes_before < ${stepBytes} ORDER BY place DESC LIMIT 1`)
  const step = (where: string, values: readonly SqlValue[]): RowStep | undefined => {
    const end = endOf(where).get(...values) as Record<string, SqlValue> | undefined
    if (!end) return undefined
    return {
      rows: `${where} ORDER BY ${order} LIMIT ${end.place}`,
      values,
      last: names.map((name) => end[name] ?? null),
    }
  }
  return { first: () => step('', []), after: ({ last }) => step(beyond, last) }
}
