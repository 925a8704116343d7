import { setTimeout as sleep } from 'node:timers/promises'
import { SteadyTime } from '../../engine/clock.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { publish, rememberChanged } from './after-commit.ts'
import { emptyMemoryBuckets } from './bucket-changes.ts'
import { BucketRegistry } from './bucket-registry.ts'
import { Checkpoints } from './checkpoints.ts'
import { FieldMover } from './collections/field-mover.ts'
import type { CoreSettings } from './core-settings.ts'
import { databaseIdentity, databaseSize } from './data-directory.ts'
import { DiskSpace, diskFigures } from './disk-space.ts'
import { checkFileSystem } from './file-system.ts'
import { announceHolder, forgetHolders, refuseForeignHolders, withHolders } from './holders.ts'
import { KeptTime } from './kept-time.ts'
import { KnownBuckets } from './known-buckets.ts'
import { LogFile } from './log-file.ts'
import type { LogRepair } from './log-repair.ts'
import { migrations } from './migrations.ts'
import { openDatabase } from './open-database.ts'
import { OutsideChanges } from './outside-changes.ts'
import { Presence } from './presence.ts'
import { Reading } from './reading.ts'
import { Reaper } from './reaper.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { SoleUse, soleUseMs } from './sole-use.ts'
import type { SqliteDatabase } from './sqlite-driver.ts'
import { fromSqlite } from './sqlite-errors.ts'
import { prepareStatements, type SqliteStatements } from './sqlite-statements.ts'
import { StaleRevisions } from './stale-revisions.ts'
import { StoreHealth } from './store-health.ts'
import { Syncing } from './syncing.ts'
import { WriteQueue } from './write-queue.ts'
import { WriteTransaction } from './write-transaction.ts'

/** A store as it was before it was opened. */
interface Found {
  /** Of its file; `undefined`: there was none. */
  readonly identity: string | undefined
  /** Whether a log was left behind, or is in use. */
  readonly hasLog: boolean
}

interface CoreParts {
  readonly database: SqliteDatabase
  readonly presence: Presence
  readonly found: Found
  readonly settings: CoreSettings
}

/** Opens a data directory whose real path is given. One process opens it once. */
export async function openCore(directory: string, settings: CoreSettings): Promise<SqliteCore> {
  const { type } = (settings.probeDisk ?? diskFigures)(directory) ?? {}
  if (!checkFileSystem(directory, type).isLocal) refuseForeignHolders(directory)
  const hasLog = (databaseSize(directory, '-wal') ?? 0) > 0
  const found: Found = { identity: databaseIdentity(directory), hasLog }
  const database = await openDatabase(directory, { ...settings, migrations }).catch(
    (error: unknown) => {
      throw withHolders(directory, fromSqlite(error))
    },
  )
  const opened: { close(): void }[] = [database]
  try {
    const presence = new Presence(directory, settings.driver)
    opened.push(presence)
    const prepare = () => new SqliteCore(directory, { database, presence, found, settings })
    const core = await retryWhileBusy(prepare, settings.busyTimeoutMs)
    await core.moveIn()
    return core
  } catch (error) {
    for (const each of opened) each.close()
    throw withHolders(directory, fromSqlite(error))
  }
}

/** One connection to a store, with everything around it; shared by all who open the directory. */
export class SqliteCore {
  readonly reading: Reading
  readonly registry: BucketRegistry
  readonly queue: WriteQueue
  readonly outside: OutsideChanges
  readonly health = new StoreHealth()
  readonly space: DiskSpace
  readonly #database: SqliteDatabase
  readonly #statements: SqliteStatements
  readonly #presence: Presence
  readonly #soleUse: SoleUse
  readonly #reaper: Reaper
  readonly #log: LogFile
  readonly #repair: LogRepair
  readonly #checkpoints: Checkpoints
  readonly #directory: string
  readonly #found: Found
  #leave: (() => void) | undefined

  constructor(directory: string, { database, presence, found, settings }: CoreParts) {
    const statements = prepareStatements(database)
    const kept = new KeptTime(statements, () => this.#reaper.recordNow())
    const time = new SteadyTime(settings.clock, () => this.#reaper?.wake())
    time.observe(kept.ms)
    const mover = new FieldMover(() => this.queue)
    const ask = (): void => this.#askForSoleUse()
    const soleUse = new SoleUse(statements, { ask, nowMs: performance.now() })
    this.#log = new LogFile(directory)
    const syncing = new Syncing({
      database,
      statements,
      log: this.#log,
      soleUse,
      directory,
      durability: settings.durability,
      isBehind: found.hasLog,
      inBackground: settings.backgroundSyncs,
      beforehand: () => this.reading.letGo(),
      explain: (failure) => this.explain(failure),
      hasFailed: () => this.queue.failure !== undefined,
      onFailed: (failure) => this.queue.stop(failure),
    })
    this.#repair = syncing.repair
    const { unsynced } = syncing
    const ofReading = { time, kept, mover, soleUse, unsynced, cacheBytes: settings.cacheBytes }
    const reading = new Reading(database, statements, ofReading)
    this.reading = reading
    const registry = new BucketRegistry(reading)
    this.#database = database
    this.#statements = statements
    this.registry = registry
    this.#presence = presence
    this.#soleUse = soleUse
    this.#directory = directory
    this.#found = found
    const space = new DiskSpace({
      reserveBytes: settings.diskReserveBytes,
      probe: () => (settings.probeDisk ?? diskFigures)(directory),
      reusableBytes: () => (statements.reusableBytes.get() as { bytes: number }).bytes,
      health: this.health,
    })
    this.space = space
    this.#checkpoints = new Checkpoints({
      database,
      log: this.#log,
      pages: settings.checkpointPages,
      unsynced,
      beforehand: () => reading.letGo(),
      hasFailed: () => this.queue.failure !== undefined,
      onFailed: (error) => this.queue.stop(this.explain(fromSqlite(error))),
    })
    const stale = new StaleRevisions()
    const parts = { rows: reading.rows, registry, time, space, known: new KnownBuckets(), stale }
    this.queue = new WriteQueue({
      statements,
      busyTimeoutMs: settings.busyTimeoutMs,
      health: this.health,
      durability: settings.durability,
      syncing,
      onBeginning: () => reading.letGo(),
      explain: (failure) => this.explain(failure),
      onFull: (failure) => this.#onFull(failure),
      newTransaction: () => new WriteTransaction(statements, parts),
      onCommitted: (transaction) => this.#onCommitted(transaction),
      onLasting: (transaction) => {
        kept.keep(transaction.keptMs)
        publish(registry, transaction.drafts)
      },
    })
    this.#reaper = new Reaper(settings.clock, { queue: this.queue, reading, stale })
    this.outside = new OutsideChanges(directory, {
      statements,
      registry,
      onChanged: () => this.#reaper.scheduleFromStore(),
      onLook: () => reading.time.now(),
    })
  }

  /**
   * Announces itself to others, and writes nothing before they can know; whoever finds nobody there
   * begins with empty memory buckets.
   */
  async moveIn(): Promise<void> {
    const movingIn = this.queue.add((transaction) => this.#moveIn(transaction))
    const isAlone = await movingIn.catch((error: unknown) => {
      this.#leave?.()
      this.#log.close()
      throw error
    })
    if (!isAlone) {
      // What the others have committed may not be synced yet: they no longer count on being alone.
      this.#repair.syncNow()
      await sleep(soleUseMs + 1) // A timer may be early by a millisecond.
    }
    this.#reaper.scheduleFromStore()
  }

  /** Writes what is queued, ends all watches and closes the files. */
  async close(): Promise<void> {
    this.#reaper.stop()
    await this.queue.whenIdle()
    this.outside.stop()
    this.registry.endAll()
    this.reading.letGo()
    this.#keepHighestTime()
    // SQLite does this with its last connection; but the Node 20 driver keeps a closed one half
    // open until the garbage collector has found its statements. With others there, the log stays.
    this.#checkpoints.empty()
    this.#closeDatabase()
    this.#log.close()
    this.#leave?.()
    this.#presence.close()
  }

  /** Adds to the failure of a call who else has the directory open, where that matters. */
  explain(failure: KvasirError): KvasirError {
    return withHolders(this.#directory, failure)
  }

  #onFull(failure: KvasirError): void {
    this.space.refused(failure)
    // The log can then be written again from its beginning, which takes no more of the disk: so
    // that what frees space can be written. If somebody reads, or the database itself cannot grow,
    // the next failure tries again.
    this.#checkpoints.run()
  }

  #moveIn(transaction: WriteTransaction): boolean {
    const { identity, hasLog } = this.#found
    const isAlone = this.#presence.isAlone()
    this.#presence.announce()
    // From here on nobody replaces the store; before, somebody may have.
    if (identity !== undefined && databaseIdentity(this.#directory) !== identity) throw replaced()
    if (isAlone) {
      if (hasLog) this.#repair.secure()
      emptyMemoryBuckets(transaction)
      this.#soleUse.begin(performance.now())
    } else this.#statements.noteArrival.run(transaction.now)
    forgetHolders(this.#directory, { isAlone })
    this.#leave = announceHolder(this.#directory, new Date(transaction.now).toISOString())
    return isAlone
  }

  /** Others have been there: looks whether they have gone. */
  #askForSoleUse(): void {
    const ask = (): void => {
      if (this.#presence.isAlone()) this.#soleUse.begin(performance.now())
    }
    // Reads do without it; whoever writes is told what is wrong.
    this.queue.add(ask).catch(() => undefined)
  }

  #onCommitted(transaction: WriteTransaction): void {
    if (transaction.hasGrown) this.space.grown()
    rememberChanged(this.reading.hot, transaction.drafts)
    transaction.keepBuckets()
    this.#reaper.schedule(transaction.dueAt)
    for (const bucketId of transaction.overfull) this.#reaper.forgetMarkersOf(bucketId)
    this.#checkpoints.committed({ isReaping: transaction.isReaping && !transaction.hasGrown })
  }

  #keepHighestTime(): void {
    if (this.queue.failure) return
    try {
      // Emptying the log, which follows, syncs it.
      this.#database.exec('PRAGMA synchronous = NORMAL')
      this.#statements.keepHighestTime.run(this.reading.time.now())
    } catch {
      // Locked, full or read-only. Every write has left its own time, which is nearly as good.
    }
  }

  /**
   * SQLite copies the log a last time as it closes, and believes a disk that has failed before: a
   * power cut in the middle of that could damage the store.
   */
  #closeDatabase(): void {
    if (this.queue.failure && !this.#repair.isSafeToClose()) abandoned.push(this.#database)
    else this.#database.close()
  }
}

/** Connections that only the end of the process may close. */
const abandoned: SqliteDatabase[] = []

function replaced(): KvasirError {
  return new KvasirError(
    'KV_BUSY',
    'A backup was restored into the data directory while the store was being opened. Open it again.',
    { outcome: 'not-applied' },
  )
}
