import type { z } from 'zod'
import type { CommitOptions, Engine } from '../../engine/engine.ts'

/** What a function works on. */
export interface FlowContext {
  /** The engine behind the checks. */
  readonly engine: Engine
  readonly project: string
  readonly options: CommitOptions
}

/** What a function may do to the data, in the words that tokens are made of. */
export type FlowScope = 'read' | 'write' | 'admin'

/** What is known of a function besides its schemas and its work. */
export interface FlowTraits {
  readonly title: string
  /** What it does, for people and for agents. */
  readonly description: string
  readonly scope: FlowScope
  /** Whether it can replace or remove what is there. */
  readonly isDestructive: boolean
  /** Whether calling it again with the same parameters adds nothing. */
  readonly isIdempotent: boolean
  /** Whether it is one commit, and can be given an idempotency key. */
  readonly isCommit: boolean
  /** Why names that one might expect are no parameters. */
  readonly notTaken?: Readonly<Record<string, string>>
}

/**
 * A function, declared once: calls, HTTP, the command line and the tools of agents all come from
 * this.
 */
export interface FlowFunction<
  Name extends string,
  Parameters extends z.ZodObject,
  Result extends z.ZodType,
> extends FlowTraits {
  readonly name: Name
  readonly parameters: Parameters
  readonly result: Result
  /** Parameters of typical calls. */
  readonly examples: readonly z.input<Parameters>[]
  /** Is given parameters that its schema has let through. */
  run(context: FlowContext, parameters: z.output<Parameters>): Promise<z.output<Result>>
}

export function defineFunction<
  const Name extends string,
  Parameters extends z.ZodObject,
  Result extends z.ZodType,
>(definition: FlowFunction<Name, Parameters, Result>): FlowFunction<Name, Parameters, Result> {
  return definition
}
