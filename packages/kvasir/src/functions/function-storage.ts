import type { KVStore } from '../dialects/storage/storage-types.ts'
import type { Storage } from '../store/project.ts'
import type { Untyped } from './untyped.ts'

/** Records in a function: `KVStore`, but what is read without a type may be used as it is. */
export interface FunctionStore extends KVStore {
  /** The record, or only the named fields; `{}` when none of them exists. */
  get<T extends object = Untyped>(key: string, fields?: string[]): Promise<T>

  /** The first element, which stays; `undefined` when there is none, or no list. */
  peek<T = Untyped>(key: string, field: string): Promise<T | undefined>

  /** Removes the first element and resolves with it. */
  shift<T = Untyped>(key: string, field: string): Promise<T | undefined>
}

/** The records dialect as the global of a function. */
export interface FunctionStorage extends Storage {
  readonly kvStore: FunctionStore
  readonly sharedKvStore: FunctionStore
}
