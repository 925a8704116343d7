import type { CommitOptions } from '../../engine/engine.ts'
import type { ErrorCode, ErrorStatus } from '../../errors/error-codes.ts'
import type { ParametersOf, ResultOf } from './all-functions.ts'
import type { FunctionName, MethodName } from './function-names.ts'

export interface FlowMetadata {
  /** The bucket and the key of the call, once its parameters have been understood. */
  readonly bucket?: string
  readonly key?: string
  /** How long the call took, in milliseconds: `'0.41ms'`. */
  readonly duration: string
}

export interface FlowSuccess<Body> {
  readonly status_code: 200
  readonly body: Body
  readonly error?: undefined
  readonly metadata: FlowMetadata
}

/** A call that failed. The codes are those of `KvasirError`, the statuses those of HTTP. */
export interface FlowFailure {
  readonly status_code: ErrorStatus
  readonly body?: undefined
  readonly error: { readonly code: ErrorCode; readonly message: string }
  readonly metadata: FlowMetadata
}

/** What a call resolves with: asked for `error`, or for status 200, the compiler knows which. */
export type FlowAnswer<Body = unknown> = FlowSuccess<Body> | FlowFailure

type ParametersFor<Name extends string> = Name extends FunctionName ? ParametersOf<Name> : unknown

type ResultFor<Name extends string> = Name extends FunctionName ? ResultOf<Name> : unknown

/** An object that has no members is one of `never`s to the schema's types. */
type MayBeEmpty<Given> = string extends keyof Given
  ? true
  : Record<never, never> extends Given
    ? true
    : false

/** Parameters can be left out where none is required. */
type Arguments<Name extends string> =
  MayBeEmpty<ParametersFor<Name>> extends true
    ? [parameters?: ParametersFor<Name>, options?: CommitOptions]
    : [parameters: ParametersFor<Name>, options?: CommitOptions]

type FlowMethods = {
  readonly [Name in FunctionName as MethodName<Name>]: (
    ...given: Arguments<Name>
  ) => Promise<FlowAnswer<ResultOf<Name>>>
}

/** The functions of a project: by name, and as methods, `kv-key-put` being `kvKeyPut`. */
export interface Flows extends FlowMethods {
  /**
   * Calls a function. Whatever goes wrong is part of the answer; the promise does not reject.
   *
   * An idempotency key is taken by the functions that write keys, not by those of buckets.
   *
   * @example
   * const answer = await project.flows().call('kv-key-get', { bucket: 'settings', key: 'theme' })
   * console.log(answer.error ? answer.error.message : answer.body.value)
   */
  call<const Name extends FunctionName | (string & {})>(
    name: Name,
    ...given: Arguments<Name>
  ): Promise<FlowAnswer<ResultFor<Name>>>
}
