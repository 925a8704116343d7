import type { TokenStore } from '../auth/token-store.ts'
import { type Absence, withEngine } from './open-store.ts'

/** Runs with the tokens of a data directory. */
export async function withTokens<Result>(
  directory: string | undefined,
  absence: Absence,
  use: (tokens: TokenStore) => Promise<Result>,
): Promise<Result> {
  // Loaded here, because the other commands need not wait for what it brings along.
  const { createTokenStore } = await import('../auth/token-store.ts')
  return withEngine({ directory }, absence, (engine) => use(createTokenStore(engine)))
}
