import type { Prepare, PrepareCells, PrepareEffect } from '../prepare-at-first-use.ts'

/** Everything that is done to the elements of large lists (`elements`) and sets (`members`). */
export function collectionStatements(
  prepare: Prepare,
  { cells, effect }: { cells: PrepareCells; effect: PrepareEffect },
) {
  return {
    // A commit that fails after it has changed elements takes back no other commit of its group.
    savepoint: effect('SAVEPOINT parts'),
    releaseSavepoint: effect('RELEASE parts'),
    undoToSavepoint: effect('ROLLBACK TO parts'),

    addCollection: prepare('INSERT INTO collections (bucket_id) VALUES (?) RETURNING id'),
    freeCollection: prepare('UPDATE collections SET is_freed = 1 WHERE id = ?'),
    freeCollectionsOf: prepare('UPDATE collections SET is_freed = 1 WHERE bucket_id = ?'),
    freedCollection: prepare('SELECT id FROM collections WHERE is_freed = 1 LIMIT 1'),
    removeCollection: prepare('DELETE FROM collections WHERE id = ?'),
    removeElements: prepare(
      `DELETE FROM elements WHERE (collection_id, position) IN (
         SELECT collection_id, position FROM elements WHERE collection_id = ? LIMIT ?)`,
    ),
    removeMembers: prepare(
      `DELETE FROM members WHERE (collection_id, data) IN (
         SELECT collection_id, data FROM members WHERE collection_id = ? LIMIT ?)`,
    ),

    addElement: effect(
      'INSERT INTO elements (collection_id, position, data, sets) VALUES (?, ?, ?, ?)',
    ),
    /** As `ElementCells`. With `LIMIT ?`, SQLite prepares it again at each call. */
    elementsBefore: cells(
      `SELECT data, sets FROM elements WHERE collection_id = ? AND position < ?
       ORDER BY position`,
    ),
    dropElementsBefore: effect('DELETE FROM elements WHERE collection_id = ? AND position < ?'),
    /** Removes one, and answers it as `ElementCells`. */
    takeElement: cells(
      'DELETE FROM elements WHERE collection_id = ? AND position = ? RETURNING data, sets',
    ),
    elementsText: prepare(
      `SELECT group_concat(data, ',') AS text
       FROM (SELECT data FROM elements WHERE collection_id = ? ORDER BY position)`,
    ),
    elementSets: prepare(
      `SELECT position, sets FROM elements WHERE collection_id = ? AND sets IS NOT NULL
       ORDER BY position`,
    ),

    addMember: prepare(
      'INSERT OR IGNORE INTO members (collection_id, data, position) VALUES (?, ?, ?)',
    ),
    member: prepare('SELECT 1 FROM members WHERE collection_id = ? AND data = ?'),
    dropMember: prepare('DELETE FROM members WHERE collection_id = ? AND data = ?'),
    membersText: prepare(
      `SELECT group_concat(data, ',') AS text
       FROM (SELECT data FROM members WHERE collection_id = ? ORDER BY position)`,
    ),

    entriesInParts: prepare(
      'SELECT key, structure, data FROM entries WHERE bucket_id = ? AND kind = ?',
    ),
    /** Gives a record another form; to its readers nothing has changed. */
    reshapeEntry: effect(
      `UPDATE entries SET kind = ?, structure = ?, bytes_apart = ?, data = ?
       WHERE bucket_id = ? AND key = CAST(? AS BLOB)`,
    ),
  }
}
