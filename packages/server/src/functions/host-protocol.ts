/** What the process that serves functions and the one that looks after it tell each other. */
import type { ErrorCode } from 'kvasir'
import type { LogLevel } from '../config/settings.ts'

/** What the process that serves is started with. */
export interface HostOptions {
  /** The directory of the functions, without links in its path. */
  readonly root: string
  readonly store: {
    /** A directory, `memory:`, or the address of a server. */
    readonly location: string
    readonly token?: string
    readonly durability: 'durable' | 'relaxed'
  }
  /** From the command line; `kvasir.json` names it otherwise. */
  readonly project?: string
  readonly logLevel: LogLevel
  /** The development mode. */
  readonly watch: boolean
  /** Files that took the process down while they were loaded, with the times of their changes. */
  readonly refused: Readonly<Record<string, number>>
}

export type ToHost =
  | { readonly kind: 'start'; readonly options: HostOptions }
  /** Comes with a socket. */
  | { readonly kind: 'connection'; readonly id: number }
  /** Lets requests finish, and ends. */
  | { readonly kind: 'stop'; readonly graceMs: number }

export type FromHost =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** The connection is in the hands of the host. */
  | { readonly kind: 'accepted'; readonly id: number }
  /** A file is about to run for the first time, or none any more. */
  | { readonly kind: 'loading'; readonly file: string | null; readonly changedAt: number }
