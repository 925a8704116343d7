import { KvasirError } from 'kvasir'
import { sharedProject } from 'kvasir/protocol'
import type { Grant, Scope } from '../auth/grant.ts'
import type { AppContext, Caller } from './route.ts'

export type VerifyToken = (token: string) => Promise<Grant | undefined>

const bearer = /^bearer +([\x21-\x7e]{1,512})$/i

/**
 * Finds out who asks. The project comes from the token; only a token for all projects lets the
 * request name one.
 *
 * @throws {KvasirError} `KV_UNAUTHENTICATED`
 */
export async function authenticate(
  context: AppContext,
  verifyToken: VerifyToken,
): Promise<Omit<Caller, 'project'>> {
  const token = bearerToken(context.req.header('authorization'))
  if (token === undefined) {
    throw unauthenticated('The request carries no token. Send "Authorization: Bearer <token>".')
  }
  const grant = await verifyToken(token)
  if (!grant) {
    throw unauthenticated('The token is not known here: it is wrong, or has been revoked.')
  }
  const stillAllowed = async (): Promise<boolean> => {
    const now = await verifyToken(token)
    return now !== undefined && grant.scopes.every((scope) => now.scopes.includes(scope))
  }
  return { grant, stillAllowed }
}

/** The token in the header `Authorization`. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return bearer.exec(authorization ?? '')?.[1]
}

/**
 * The project that a request means which names one, or none.
 *
 * @throws {KvasirError} `KV_FORBIDDEN`
 */
export function projectFor(named: string | undefined, { project, scopes }: Grant): string {
  if (project === '*') return named ?? 'default'
  if (named === undefined || named === project) return project
  if (named === sharedProject) {
    if (scopes.includes('shared')) return named
    throw forbidden(
      'The token does not allow the shared store. Create one with the scope "shared" beside "read" or "write".',
    )
  }
  throw forbidden('The token is for one project, and the header Kvasir-Project names another.')
}

/** @throws {KvasirError} `KV_FORBIDDEN` */
export function requireAllProjects({ project }: Grant): void {
  if (project === '*') return
  throw forbidden(
    'The token is for one project; only one for all of them, "*", may list them. Name the project instead.',
  )
}

/** @throws {KvasirError} `KV_FORBIDDEN` */
export function requireScopes({ scopes }: Grant, needed: readonly Scope[]): void {
  const missing = needed.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return
  throw forbidden(`The token lacks the scope "${missing.join('" and "')}". Use one that has it.`)
}

export function unauthenticated(message: string): KvasirError {
  return new KvasirError('KV_UNAUTHENTICATED', message, { outcome: 'not-applied' })
}

function forbidden(message: string): KvasirError {
  return new KvasirError('KV_FORBIDDEN', message, { outcome: 'not-applied' })
}
