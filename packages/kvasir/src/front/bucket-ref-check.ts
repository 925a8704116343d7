import type { BucketRef } from '../engine/engine.ts'
import { checkBucketRef } from './checks.ts'

/**
 * `checkBucketRef` for calls of which most name the same bucket as the one before: looking at the
 * names anew is no small part of the quickest of them.
 */
export class BucketRefCheck {
  #good: BucketRef | undefined

  check(at: BucketRef): void {
    const { project, bucket } = at
    const good = this.#good
    if (good && good.project === project && good.bucket === bucket) return
    checkBucketRef(at)
    // A copy: whoever gave it may change it.
    this.#good = { project, bucket }
  }
}
