/**
 * `kvasir/maintenance`: looking after the data directories of stores — checks, backups and their
 * restoration. For servers and tools; it needs Node.
 */

export type { Holder } from './engines/sqlite/holders.ts'
export type { BackupManifest } from './engines/sqlite/maintenance/backup-manifest.ts'
export { type BackupOptions, backupStore } from './engines/sqlite/maintenance/backup-store.ts'
export { checkStore } from './engines/sqlite/maintenance/check-store.ts'
export { type RestoreOptions, restoreStore } from './engines/sqlite/maintenance/restore-store.ts'
export type {
  CheckName,
  DirectoryReport,
  Finding,
  MaintenanceOptions,
  Progress,
  StoreReport,
} from './engines/sqlite/maintenance/store-report.ts'
