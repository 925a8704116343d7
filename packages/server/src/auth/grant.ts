/**
 * What a token may do: read keys, write keys, manage buckets. None includes another. `shared` says
 * where: the others hold for the store that all projects share, too. `metrics` is about no project:
 * it allows the server's own figures, to a token for all projects.
 */
export const scopes = ['read', 'write', 'admin', 'shared', 'metrics'] as const

export type Scope = (typeof scopes)[number]

/** What the bearer of a token is allowed. */
export interface Grant {
  /** The token's public name, fit for logs. */
  readonly id: string
  /** The one project that the token is for, or `'*'` for all of them. */
  readonly project: string | '*'
  readonly scopes: readonly Scope[]
}
