import { KvasirError } from '../../errors/kvasir-error.ts'
import { describe, invalidArgument } from '../../front/invalid-argument.ts'
import { type AnyFunction, allFunctions } from './all-functions.ts'
import type { FlowContext } from './define-function.ts'
import { describeProblem } from './describe-problem.ts'
import type { FlowAnswer, FlowFailure, FlowMetadata } from './flow-types.ts'
import { functionNames } from './function-names.ts'
import { nearTo } from './near-names.ts'

export interface FunctionCall {
  readonly name: string
  /** `undefined` counts as `{}`. */
  readonly parameters: unknown
  /** What the caller is told of an error; default: the error as it is. */
  readonly tell?: (error: KvasirError) => KvasirError
}

type Subject = Pick<FlowMetadata, 'bucket' | 'key'>

/** Calls a function by its name. Never rejects: what goes wrong is part of the answer. */
export async function callFunction(
  context: FlowContext,
  { name, parameters = {}, tell = asItIs }: FunctionCall,
): Promise<FlowAnswer> {
  const startMs = performance.now()
  let subject: Subject = {}
  try {
    const called = findFunction(name)
    checkIdempotencyKey(called, context)
    const parsed = parseParameters(called, parameters)
    subject = subjectOf(parsed)
    const body = await called.run(context, parsed)
    return { status_code: 200, body, metadata: metadataOf(subject, startMs) }
  } catch (error) {
    return toFailure(tell(KvasirError.from(error)), metadataOf(subject, startMs))
  }
}

/**
 * The function of that name.
 *
 * @throws {KvasirError} `KV_FUNCTION_NOT_FOUND`, with names that are near.
 */
export function findFunction(name: unknown): AnyFunction {
  const known = functionNames.find((each) => each === name)
  if (known) return allFunctions[known]
  const near = nearTo(String(name), functionNames)
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : ''
  throw new KvasirError(
    'KV_FUNCTION_NOT_FOUND',
    `There is no function ${describe(name)}. ${hint || `There are ${functionNames.join(', ')}.`}`,
    { outcome: 'not-applied', details: { near } },
  )
}

/** How long ago that was, as answers tell it; `startMs` is of `performance.now()`. */
export function durationSince(startMs: number): string {
  return `${(performance.now() - startMs).toFixed(2)}ms`
}

/** A failed call as its answer tells it. */
export function toFailure(error: KvasirError, metadata: FlowMetadata): FlowFailure {
  const { code, message, status } = error
  return { status_code: status, error: { code, message }, metadata }
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` naming the parameter. */
function parseParameters(called: AnyFunction, given: unknown): never {
  const { name, parameters } = called
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidArgument(
      `The parameters of ${name} come as one object; it was given ${describe(given)}.`,
    )
  }
  const parsed = parameters.safeParse(given)
  if (parsed.success) return parsed.data as never
  const [issue] = parsed.error.issues
  const problem = issue ? describeProblem(issue, { called, given }) : 'They are not understood.'
  throw invalidArgument(`${name}: ${problem}`)
}

function checkIdempotencyKey({ name, isCommit }: AnyFunction, { options }: FlowContext): void {
  if (isCommit || options.idempotencyKey === undefined) return
  throw invalidArgument(
    `${name} takes no idempotency key: only functions that write keys do. Leave it out.`,
  )
}

function asItIs(error: KvasirError): KvasirError {
  return error
}

function subjectOf({ bucket, key }: Subject): Subject {
  return { ...(bucket !== undefined && { bucket }), ...(key !== undefined && { key }) }
}

function metadataOf(subject: Subject, startMs: number): FlowMetadata {
  return { ...subject, duration: durationSince(startMs) }
}
