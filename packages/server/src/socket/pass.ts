import type { Grant } from '../auth/grant.ts'
import { unauthenticated, type VerifyToken } from '../http/authenticate.ts'

/** A revoked token is good for so much longer. */
const grantMostMs = 10

/** What a client's token allows, looked up again and again. */
export class Pass {
  readonly #verifyToken: VerifyToken
  #last: Grant | undefined
  #verifiedMs = 0

  constructor(verifyToken: VerifyToken) {
    this.#verifyToken = verifyToken
  }

  /** What it allowed when that was last looked up. */
  get last(): Grant | undefined {
    return this.#last
  }

  /** What it allows, if that was looked up just now. */
  fresh(): Grant | undefined {
    return performance.now() - this.#verifiedMs < grantMostMs ? this.#last : undefined
  }

  /** @throws {KvasirError} `KV_UNAUTHENTICATED` */
  async grantOf(token: string): Promise<Grant> {
    const fresh = this.fresh()
    if (fresh) return fresh
    const nowMs = performance.now()
    const grant = await this.#verifyToken(token)
    if (!grant) {
      throw unauthenticated('The token is not known here: it is wrong, or has been revoked.')
    }
    this.#verifiedMs = nowMs
    this.#last = grant
    return grant
  }
}
