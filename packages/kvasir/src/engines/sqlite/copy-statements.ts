import type { Prepare } from './prepare-at-first-use.ts'

/** Which bucket copies which, by their names, and what it takes to begin with. */
export function copyStatements(prepare: Prepare, entryColumns: string) {
  return {
    copiesOf: prepare('SELECT name FROM copies WHERE project = ? AND origin = ? ORDER BY name'),
    addCopy: prepare('INSERT INTO copies (project, origin, name) VALUES (?, ?, ?)'),
    removeCopy: prepare('DELETE FROM copies WHERE project = ? AND origin = ? AND name = ?'),
    markOrigin: prepare('UPDATE buckets SET is_origin = ? WHERE id = ?'),

    /** The ids of a bucket's entries in the order of their revisions, as JSON. */
    entryIds: prepare(
      `SELECT json_group_array(id) AS ids
       FROM (SELECT id FROM entries_in_order WHERE bucket_id = ? ORDER BY revision)`,
    ),
    /** As `entryIds`, with what is kept of the past, whose ids are negated. */
    changeIds: prepare(
      `SELECT json_group_array(id) AS ids FROM (
         SELECT id, revision FROM entries_in_order WHERE bucket_id = ?1
         UNION ALL SELECT -id, revision FROM past WHERE bucket_id = ?1
         ORDER BY revision)`,
    ),
    entryById: prepare(`SELECT key, ${entryColumns} FROM entries WHERE id = ?`),
    pastById: prepare(`SELECT key, change, ${entryColumns} FROM past WHERE id = ?`),
  }
}
