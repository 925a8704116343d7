import { join } from 'node:path'
import { openDatabase, type Synchronous } from '../../engines/sqlite-database.ts'
import type { ListRecord, RecordConnection, RecordStoreDefinition } from '../record-store.ts'

// What one writes first without a library: a row of JSON text for each record, which every call
// reads and parses, and which every change writes again, all in one transaction.

const shared = {
  title: 'raw SQLite',
  isKvasir: false,
  notes: ['naive: reads, parses and writes the whole record', 'put answers no record from before'],
} as const

export const sqliteFull: RecordStoreDefinition = {
  ...shared,
  name: 'sqlite-full',
  durability: 'durable',
  durabilityText: 'WAL, synchronous=FULL, a transaction per write',
  open: (directory) => connect(directory, 'FULL'),
}

export const sqliteNormal: RecordStoreDefinition = {
  ...shared,
  name: 'sqlite-normal',
  durability: 'relaxed',
  durabilityText: 'WAL, synchronous=NORMAL: synced at checkpoints, a transaction per write',
  open: (directory) => connect(directory, 'NORMAL'),
}

/** A record between parsing and writing. */
interface Draft {
  note: string
  count: number
  elements: string[]
}

async function connect(directory: string, synchronous: Synchronous): Promise<RecordConnection> {
  const database = await openDatabase(join(directory, 'records.sqlite'), synchronous)
  database.exec('CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value TEXT)')
  const select = database.prepare('SELECT value FROM records WHERE key = ?')
  const upsert = database.prepare(
    'INSERT INTO records VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const read = (key: string): Draft => JSON.parse((select.get(key) as { value: string }).value)
  const put = (key: string, record: ListRecord) => upsert.run(key, JSON.stringify(record))

  /** Writes what `step` makes of the record, and answers what else it says. */
  const change = <Answer>(key: string, step: (record: Draft) => [ListRecord, Answer]): Answer => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const [record, answer] = step(read(key))
      put(key, record)
      database.exec('COMMIT')
      return answer
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
  const edit = <Answer>(key: string, step: (record: Draft) => Answer): Answer =>
    change(key, (record) => [record, step(record)])

  return {
    get: read,
    put,
    patch: (key, note) => change(key, (before) => [{ ...before, note }, before]),
    update: (key, updater) => change(key, (before) => [updater(before), before]),
    increment: (key) => edit(key, (record) => ++record.count),
    append: (key, element) => edit(key, ({ elements }) => elements.push(element)),
    unshift: (key, element) => edit(key, ({ elements }) => elements.unshift(element)),
    peek: (key) => read(key).elements[0],
    shift: (key) => edit(key, ({ elements }) => elements.shift()),
    add: (key, member) => edit(key, ({ elements }) => addMember(elements, member)),
    has: (key, member) => read(key).elements.includes(member),
    remove: (key, member) => edit(key, ({ elements }) => removeMember(elements, member)),
    putSet: put,
    countElements: (key) => read(key).elements.length,
    close: () => database.close(),
  }
}

function addMember(members: string[], member: string): boolean {
  if (members.includes(member)) return false
  members.push(member)
  return true
}

function removeMember(members: string[], member: string): boolean {
  const place = members.indexOf(member)
  if (place < 0) return false
  members.splice(place, 1)
  return true
}
