/**
 * `kvasir/functions`: types for those who write HTTP functions for `kvasir functions`. Named under
 * `types` in a jsconfig.json or tsconfig.json, it tells editors and compilers of the globals that
 * the host makes. There is nothing in it at run time.
 *
 * It is compiled as a project of its own, and nothing here imports it: wherever it is loaded, a
 * forgotten `const kv = …` would no longer be a mistake to the compiler.
 */
import type { Flows } from './dialects/flows/flow-types.ts'
import type { FunctionHandler as Handler } from './functions/function-handler.ts'
import type { FunctionKv } from './functions/function-kv.ts'
import type { FunctionStorage } from './functions/function-storage.ts'

declare global {
  /** The project's key-value store. A bare TTL is in the `ttlUnit` of `kvasir.json`. */
  var kv: FunctionKv
  /** The project's records, settings and secrets. A bare TTL is in seconds here. */
  var storage: FunctionStorage
  /** The functions of the flows dialect, which never throw. */
  var flows: Flows
  /** Resolves after so many milliseconds. */
  function sleep(ms: number): Promise<void>
  /** What a file exports: `@type {FunctionHandler}` above it types its `req` and `res`. */
  type FunctionHandler = Handler
}

export type { FunctionHandler } from './functions/function-handler.ts'
export type { FunctionKv } from './functions/function-kv.ts'
export type { FunctionRequest } from './functions/function-request.ts'
export type { CookieOptions, FunctionResponse } from './functions/function-response.ts'
export type { FunctionStorage, FunctionStore } from './functions/function-storage.ts'
