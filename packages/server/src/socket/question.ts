import type { FrameWriter, SocketMessage } from 'kvasir/protocol'
import type { Grant, Scope } from '../auth/grant.ts'
import { projectFor, requireScopes } from '../http/authenticate.ts'
import { invalidArgument } from '../http/shape.ts'

export interface Question {
  readonly message: SocketMessage
  readonly value: Uint8Array
  /** What the sender's token allows. */
  readonly grant: Grant
}

/** Puts an answer into the frame that is on its way next. */
export type Answer = (frame: FrameWriter) => void

/**
 * The members of a message behind its head.
 *
 * @throws {KvasirError} `KV_FORBIDDEN`
 */
export function open({ message: [id, , , ...rest], grant }: Question, scope: Scope) {
  requireScopes(grant, [scope])
  return { id, rest }
}

/** As for a request: `default` is no name but stands for whatever the token is for. */
export function projectOf(named: unknown, { grant }: Question): string {
  const project = text(named, 'project')
  return projectFor(project === 'default' ? undefined : project, grant)
}

export function text(member: unknown, name: string): string {
  if (typeof member === 'string') return member
  throw invalidArgument(`The message takes a string as ${name}.`)
}

export function number(member: unknown, name: string): number {
  if (typeof member === 'number') return member
  throw invalidArgument(`The message takes a number as ${name}.`)
}
