import type { CheckName } from './store-report.ts'

/** A question to the database whose every answer is something that is wrong. */
export interface FigureCheck {
  readonly check: CheckName
  readonly sql: string
  readonly describe: (row: FoundRow) => string
}

/** Where it was found, and what. */
export interface FoundRow {
  readonly project?: string | null
  readonly bucket?: string | null
  readonly name?: string
  readonly kept?: number
  readonly found?: number
}

// Tables are read as they are (`NOT INDEXED`), so that a damaged index is found as such and does
// not make other figures look wrong. Sizes are taken before rows are sorted into their buckets: the
// values themselves would be sorted along.
const figures = `
  WITH sizes AS MATERIALIZED (
    SELECT bucket_id, revision, length(key) + octet_length(data) + bytes_apart AS bytes
    FROM entries NOT INDEXED),
  present AS (
    SELECT bucket_id, count(*) AS keys, max(revision) AS last, sum(bytes) AS bytes
    FROM sizes GROUP BY bucket_id),
  gone AS (
    SELECT past.bucket_id, sum(past.bytes) AS bytes, max(past.revision) AS last,
      sum(past.change > 0 AND past.revision > buckets.oldest_resume) AS markers
    FROM past NOT INDEXED JOIN buckets ON buckets.id = past.bucket_id GROUP BY past.bucket_id),
  figures AS (
    SELECT project, name AS bucket, bucket_rows.*,
      coalesce(present.keys, 0) AS keys_found,
      coalesce(present.bytes, 0) + coalesce(gone.bytes, 0) AS bytes_found,
      coalesce(gone.markers, 0) AS markers_found,
      max(coalesce(present.last, 0), coalesce(gone.last, 0), coalesce(cleared_revision, 0),
        oldest_resume, coalesce(published_since, 0)) AS last_found
    FROM bucket_rows LEFT JOIN present ON present.bucket_id = bucket_rows.id
      LEFT JOIN gone ON gone.bucket_id = bucket_rows.id)
  SELECT project, bucket,`

const ownerless = (table: string): FigureCheck => ({
  check: 'owners',
  sql: `SELECT bucket_id AS found, count(*) AS kept FROM ${table} NOT INDEXED
        WHERE bucket_id NOT IN (SELECT id FROM buckets) GROUP BY bucket_id`,
  describe: ({ found, kept }) =>
    `${kept} rows of "${table}" belong to bucket ${found}, which is gone.`,
})

const partless = (table: string): FigureCheck => ({
  check: 'collections',
  sql: `SELECT collection_id AS found, count(*) AS kept FROM ${table}
        WHERE collection_id NOT IN (SELECT id FROM collections) GROUP BY collection_id`,
  describe: ({ found, kept }) =>
    `${kept} rows of "${table}" belong to collection ${found}, which is gone.`,
})

const origins = `
  SELECT project, name AS bucket, json_extract(config, '$.mirror.bucket') AS origin FROM buckets
  WHERE json_extract(config, '$.mirror') IS NOT NULL
  UNION SELECT project, buckets.name, json_extract(source.value, '$.bucket')
  FROM buckets, json_each(buckets.config, '$.sources') AS source`

/** What SQL can find out about the figures of buckets, and about what belongs to what. */
export const figureChecks: readonly FigureCheck[] = [
  {
    check: 'buckets',
    sql: 'SELECT project, name AS bucket FROM buckets NOT INDEXED WHERE NOT json_valid(config)',
    describe: (row) => `The configuration of ${nameOf(row)} is not JSON.`,
  },
  {
    check: 'keys',
    sql: `${figures} keys AS kept, keys_found AS found FROM figures WHERE keys <> keys_found`,
    describe: (row) => `${capital(nameOf(row))} counts ${row.kept} keys and has ${row.found}.`,
  },
  {
    check: 'bytes',
    sql: `${figures} bytes AS kept, bytes_found AS found FROM figures WHERE bytes <> bytes_found`,
    describe: (row) => `${capital(nameOf(row))} counts ${row.kept} bytes and has ${row.found}.`,
  },
  {
    // More than there are is possible, where removals have become history that went.
    check: 'markers',
    sql: `${figures} markers AS kept, markers_found AS found FROM figures
          WHERE markers < markers_found`,
    describe: (row) =>
      `${capital(nameOf(row))} counts ${row.kept} markers of removals and has ${row.found}.`,
  },
  {
    check: 'revisions',
    sql: `${figures} revision AS kept, last_found AS found FROM figures
          WHERE revision < last_found`,
    describe: (row) =>
      `${capital(nameOf(row))} is at revision ${row.kept}, but something in it has ${row.found}.`,
  },
  {
    check: 'revisions',
    sql: `SELECT project, name AS bucket, changes.revision AS found, count(*) AS kept FROM (
            SELECT bucket_id, revision FROM entries NOT INDEXED
            UNION ALL SELECT bucket_id, revision FROM past NOT INDEXED) AS changes
          JOIN buckets ON buckets.id = bucket_id
          GROUP BY bucket_id, changes.revision HAVING count(*) > 1`,
    describe: (row) =>
      `${capital(nameOf(row))} has ${row.kept} changes with revision ${row.found}.`,
  },
  {
    check: 'revisions',
    sql: `SELECT project, name AS bucket FROM buckets NOT INDEXED
          WHERE id NOT IN (SELECT bucket_id FROM revisions WHERE keys IS NOT NULL)`,
    describe: (row) => `The figures of ${nameOf(row)} are missing.`,
  },
  {
    check: 'revisions',
    sql: `SELECT project, name AS bucket, count(*) AS found
          FROM entries NOT INDEXED JOIN buckets ON buckets.id = entries.bucket_id
          LEFT JOIN revisions ON revisions.bucket_id = entries.bucket_id
            AND revisions.revision = entries.revision
          WHERE entry_id IS NOT entries.id GROUP BY buckets.id`,
    describe: (row) =>
      `${capital(nameOf(row))} has ${row.found} entries whose revisions do not lead to them.`,
  },
  {
    check: 'revisions',
    sql: `SELECT project, name AS bucket, bucket_rows.stale AS kept, rows.found
          FROM bucket_rows JOIN (
            SELECT bucket_id, sum(NOT EXISTS (SELECT 1 FROM entries
              WHERE entries.id = entry_id AND entries.revision = revisions.revision
                AND entries.bucket_id = revisions.bucket_id)) AS found
            FROM revisions GROUP BY bucket_id) AS rows ON rows.bucket_id = bucket_rows.id
          WHERE kept <> rows.found`,
    describe: (row) =>
      `${capital(nameOf(row))} counts ${row.kept} revisions without an entry and has ${row.found}.`,
  },
  {
    check: 'keys',
    sql: `SELECT project, name AS bucket, found FROM (
            SELECT bucket_id, count(*) AS found FROM entries INDEXED BY entries_by_key
            GROUP BY bucket_id, key HAVING count(*) > 1)
          JOIN buckets ON buckets.id = bucket_id`,
    describe: (row) => `${capital(nameOf(row))} has ${row.found} entries of one key.`,
  },
  {
    check: 'history',
    sql: `SELECT project, buckets.name AS bucket, past.revision AS found
          FROM past NOT INDEXED JOIN buckets ON buckets.id = past.bucket_id
          JOIN entries ON entries.bucket_id = past.bucket_id AND entries.key = past.key
          WHERE past.revision >= entries.revision`,
    describe: (row) =>
      `${capital(nameOf(row))} has revision ${row.found} of a key as its past, which is newer than the key.`,
  },
  ...['entries', 'revisions', 'past', 'collections', 'answers'].map(ownerless),
  ...['elements', 'members'].map(partless),
  {
    check: 'copies',
    sql: `SELECT project, name AS bucket, is_origin AS kept FROM buckets NOT INDEXED
          WHERE is_origin <> EXISTS (SELECT 1 FROM copies
            WHERE copies.project = buckets.project AND copies.origin = buckets.name)`,
    describe: (row) =>
      row.kept
        ? `${capital(nameOf(row))} counts as copied, but nothing copies it.`
        : `${capital(nameOf(row))} does not know that others copy it.`,
  },
  {
    check: 'copies',
    sql: `SELECT project, name AS bucket, origin AS name FROM copies WHERE NOT EXISTS (
            SELECT 1 FROM (${origins}) AS told WHERE told.project = copies.project
              AND told.bucket = copies.name AND told.origin = copies.origin)`,
    describe: (row) => `${capital(nameOf(row))} is listed as a copy of "${row.name}", and is none.`,
  },
  {
    check: 'copies',
    sql: `SELECT project, bucket, origin AS name FROM (${origins}) AS told WHERE NOT EXISTS (
            SELECT 1 FROM copies WHERE told.project = copies.project
              AND told.bucket = copies.name AND told.origin = copies.origin)`,
    describe: (row) => `${capital(nameOf(row))} copies "${row.name}", but is not listed as a copy.`,
  },
  {
    check: 'publishing',
    sql: `SELECT project, name AS bucket FROM buckets NOT INDEXED
          WHERE (json_extract(config, '$.republish') IS NULL) <> (published_since IS NULL)`,
    describe: (row) => `${capital(nameOf(row))} is not listed as what it is for subscriptions.`,
  },
  {
    check: 'answers',
    sql: `SELECT project, name AS bucket FROM answers NOT INDEXED
          JOIN buckets ON buckets.id = bucket_id
          WHERE CASE WHEN json_valid(answers) THEN json_array_length(answers) ELSE -1 END
            <> last - first + 1`,
    describe: (row) => `The answers kept for repeated writes to ${nameOf(row)} cannot be read.`,
  },
  {
    check: 'clock',
    sql: 'SELECT count(*) AS found FROM clock HAVING count(*) <> 1',
    describe: ({ found }) => `The time is kept ${found} times instead of once.`,
  },
]

/** A bucket's name for a message. */
export function nameOf({ project, bucket }: Pick<FoundRow, 'project' | 'bucket'>): string {
  return `bucket "${bucket}" of project "${project}"`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
